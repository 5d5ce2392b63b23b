import FOMMCore
import Foundation

/// What `puppet bench` measured; `--json` prints it as it is. Times in milliseconds.
package struct BenchReport: Encodable, Sendable {
    package struct Machine: Encodable, Sendable {
        package let cpu: String
        package let cores: Int
        package let threads: Int
        package let instruction_set: String

        init(threads: Int, instructionSet: InstructionSet) {
            cpu = Self.cpuName
            cores = ProcessInfo.processInfo.activeProcessorCount
            self.threads = threads
            instruction_set = instructionSet.name
        }

        private static var cpuName: String {
            let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
            let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
            return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
        }
    }

    package struct Spread: Encodable, Sendable {
        package let median_ms: Double
        package let p95_ms: Double

        init(_ values: [Double]) {
            median_ms = rounded(percentile(50, of: values))
            p95_ms = rounded(percentile(95, of: values))
        }
    }

    package struct Frame: Encodable, Sendable {
        package let median_ms: Double
        package let p95_ms: Double
        /// Frames one after another; a live run also overlaps detecting with generating.
        package let fps: Double
    }

    package struct Model: Encodable, Sendable {
        package let name: String
        package let precision = "float32"
        package let frame: Frame
        package let stages: [String: Spread]
        /// Loading the model, encoding the avatar and the first frame.
        package let first_frame_ms: Double
        package let peak_memory_mb: Double

        private enum CodingKeys: CodingKey {
            case name, precision, frame, stages, first_frame_ms, peak_memory_mb
        }

        init(name: String, times: [FrameTimes], firstFrame: Double, peakMemory: Double) {
            self.name = name
            let frame = Spread(times.map { $0.latency })
            self.frame = Frame(
                median_ms: frame.median_ms, p95_ms: frame.p95_ms, fps: rounded(1000 / frame.median_ms))
            stages = Dictionary(
                uniqueKeysWithValues: StageName.allCases.map { stage in
                    (stage.rawValue, Spread(times.map { $0[stage] }))
                })
            first_frame_ms = rounded(firstFrame)
            peak_memory_mb = rounded(peakMemory)
        }
    }

    package let machine: Machine
    package let models: [Model]

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The same for people.
    package var table: String {
        var lines = [
            "\(machine.cpu), \(machine.cores) cores; \(machine.threads) threads, \(machine.instruction_set)",
            row("model", "stage", "median ms", "p95 ms", "fps"),
        ]
        for model in models {
            for stage in StageName.allCases {
                guard let spread = model.stages[stage.rawValue] else { continue }
                lines.append(row(model.name, stage.rawValue, "\(spread.median_ms)", "\(spread.p95_ms)", ""))
            }
            let frame = model.frame
            lines.append(row(model.name, "frame", "\(frame.median_ms)", "\(frame.p95_ms)", "\(frame.fps)"))
            lines.append(
                "\(model.name): first frame after \(model.first_frame_ms) ms, peak memory \(model.peak_memory_mb) MB")
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ columns: String...) -> String {
        zip(columns, [10, 13, 10, 10, 8]).map { text, width in
            text + String(repeating: " ", count: max(0, width - text.count))
        }.joined().trimmingCharacters(in: .whitespaces)
    }
}

/// To a tenth: more would be noise.
private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

/// The most memory this process has held at once.
enum PeakMemory {
    /// Starts counting anew; kernels that cannot do that leave the figure of the whole process.
    static func reset() { try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8) }

    static var megabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(separator: " ").compactMap { Double($0) }.first ?? 0
        return kilobytes / 1024
    }
}

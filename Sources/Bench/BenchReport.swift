import Driving
import FOMMCore
import Foundation
import Frames
import System

/// What `puppet bench` measured; `--json` prints it as it is, with snake_case names. Times in milliseconds.
package struct BenchReport: PrintableReport, Sendable {
    package struct Machine: Encodable, Sendable {
        package let cpu: String
        package let cores: Int
        package let threads: Int
        package let instructionSet: String

        init(_ compute: BenchCompute) {
            cpu = InstructionSet.processor
            cores = ProcessInfo.processInfo.activeProcessorCount
            threads = compute.threads
            instructionSet = compute.instructionSet.name
        }
    }

    package struct Spread: Encodable, Sendable {
        package let medianMs: Double
        package let p95Ms: Double

        init(_ values: [Double]) {
            medianMs = percentile(50, of: values).rounded(toPlaces: 1)
            p95Ms = percentile(95, of: values).rounded(toPlaces: 1)
        }
    }

    package struct Frame: Encodable, Sendable {
        package let medianMs: Double
        package let p95Ms: Double
        /// Of all processors together, in the mean.
        package let processorMs: Double
        /// Frames one after another; a live run also overlaps detecting with generating.
        package let fps: Double
    }

    package struct Model: Encodable, Sendable {
        package let name: String
        package let precision: String
        /// Rows and columns of a frame.
        package let frameSize: Int
        package let frame: Frame
        package let stages: [String: Spread]
        /// Loading the model, encoding the avatar and the first frame.
        package let firstFrameMs: Double
        package let peakMemoryMb: Double

        init(
            name: String, precision: Precision, frameSize: Int, times: [FrameTimes], processorMs: Double,
            firstFrame: Double, peakMemory: Double
        ) {
            self.name = name
            self.precision = precision.rawValue
            self.frameSize = frameSize
            let frame = Spread(times.map { $0.latency })
            self.frame = Frame(
                medianMs: frame.medianMs, p95Ms: frame.p95Ms, processorMs: processorMs.rounded(toPlaces: 1),
                fps: (1000 / frame.medianMs).rounded(toPlaces: 1))
            stages = Dictionary(
                uniqueKeysWithValues: StageName.allCases.map { stage in
                    (stage.rawValue, Spread(times.map { $0[stage] }))
                })
            firstFrameMs = firstFrame.rounded(toPlaces: 1)
            peakMemoryMb = peakMemory.rounded(toPlaces: 1)
        }
    }

    package let machine: Machine
    package let models: [Model]

    /// The same for people.
    package var table: String {
        var lines = [
            "\(machine.cpu), \(machine.cores) cores; \(machine.threads) threads, \(machine.instructionSet)",
            row("model", "stage", "median ms", "p95 ms", "fps"),
        ]
        for model in models {
            for stage in StageName.allCases {
                guard let spread = model.stages[stage.rawValue] else { continue }
                lines.append(row(model.name, stage.rawValue, "\(spread.medianMs)", "\(spread.p95Ms)", ""))
            }
            let frame = model.frame
            lines.append(row(model.name, "frame", "\(frame.medianMs)", "\(frame.p95Ms)", "\(frame.fps)"))
            lines.append(
                """
                \(model.name), \(model.precision): \(frame.processorMs) ms of processors a frame, first frame after \
                \(model.firstFrameMs) ms, peak memory \(model.peakMemoryMb) MB
                """)
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ columns: String...) -> String {
        let name = max(10, (models.map { $0.name.count }.max() ?? 0) + 2)
        return zip(columns, [name, 13, 10, 10, 8]).map { $0.left(in: $1) }.joined()
            .trimmingCharacters(in: .whitespaces)
    }
}

import Assets
import Capture
import Display
import Driving
import FOMMCore
import Flow
import Foundation
import Frames
import Live
import Synchronization
import System

/// `puppet bench --latency`: how old pictures are when an output gets them, for every ``LatencyMode`` and for a plain loop
/// that reads, computes and writes one frame after another. All see the same camera: the test camera, 640x480 at 30 frames a
/// second, with a driver's four buffers. They take turns, so that a machine that slows down slows all of them.
package struct LatencyBench: Sendable {
    private let compute: BenchCompute
    private let seconds: Double
    private let rounds: Int

    /// - Parameters:
    ///   - seconds: of every turn.
    ///   - rounds: turns of every subject.
    package init(_ compute: BenchCompute, seconds: Double, rounds: Int) {
        self.compute = compute
        self.seconds = seconds
        self.rounds = rounds
    }

    /// What was measured of one subject, over all rounds. Milliseconds.
    package struct Row: Encodable, Sendable {
        package let name: String
        package let framesPerSecond: Double
        package let p50: Double
        package let p95: Double
        package let p99: Double
        /// Of a frame's own work: detection, dense motion and generation, median.
        package let compute: Double
    }

    package struct Report: PrintableReport, Sendable {
        package let rows: [Row]

        package var table: String {
            let header = ["", "fps", "p50 ms", "p95 ms", "p99 ms", "compute ms", "p50 / compute"]
            let body = rows.map { row in
                [
                    row.name, tenths(row.framesPerSecond), tenths(row.p50), tenths(row.p95), tenths(row.p99),
                    tenths(row.compute), "\((row.p50 / row.compute).rounded(toPlaces: 2))",
                ]
            }
            let nameWidth = rows.map(\.name.count).max() ?? 0
            return ([header] + body).map { cells in
                cells[0] + cells[1].right(in: nameWidth + 8 - cells[0].count)
                    + cells.dropFirst(2).map { $0.right(in: 14) }.joined()
            }.joined(separator: "\n")
        }

    }

    private struct Measured {
        var latency = LatencyHistogram()
        var compute: [Double] = []
        var seconds = 0.0
    }

    /// - Parameter progress: told how many turns are done, of how many.
    package func run(_ progress: (Int, Int) -> Void = { _, _ in }) throws -> Report {
        let model = try compute.model(EmbeddedAssets.model)
        var measured = [Measured](repeating: Measured(), count: 1 + LatencyMode.allCases.count)
        let turns = rounds * measured.count
        progress(0, turns)
        for round in 0..<rounds {
            let before = round * measured.count
            try serial(model, &measured[0])
            progress(before + 1, turns)
            for (index, mode) in LatencyMode.allCases.enumerated() {
                try pipelined(model, mode, &measured[index + 1])
                progress(before + index + 2, turns)
            }
        }
        let names = ["serial loop"] + LatencyMode.allCases.map { "--latency \($0.rawValue)" }
        return Report(
            rows: zip(names, measured).map { name, measured in
                Row(
                    name: name, framesPerSecond: Double(measured.latency.count) / measured.seconds,
                    p50: measured.latency.percentile(50), p95: measured.latency.percentile(95),
                    p99: measured.latency.percentile(99), compute: percentile(50, of: measured.compute))
            })
    }

    private var driving: DrivingSource {
        var wishes = CameraWishes()
        wishes.size = FrameSize(width: 640, height: 480)
        wishes.rate = FrameRate(30)
        return DrivingSource(
            "test", rate: nil, size: FrameSize(square: FOMMModel.defaultFrameSize), camera: wishes, searchPath: "",
            runsFreely: true)
    }

    private func serial(_ model: FOMMModel, _ measured: inout Measured) throws {
        var puppet = try SerialPuppet(model, threads: compute.threads, AvatarList(nil))
        let driver = try DrivingFrames(driving, side: model.frameSize, limit: .max)
        let start = MonotonicTime.now
        while MonotonicTime.now.milliseconds(since: start) < seconds * 1000, let frame = try driver.next() {
            let rendered = puppet.show(frame)
            measured.latency.add(MonotonicTime.now.milliseconds(since: rendered.frame.captured))
            measured.compute.append(rendered.times.compute)
        }
        measured.seconds += MonotonicTime.now.milliseconds(since: start) / 1000
    }

    private func pipelined(_ model: FOMMModel, _ mode: LatencyMode, _ measured: inout Measured) throws {
        var settings = LivePipeline.Settings()
        settings.latency = mode
        settings.threads = compute.threads
        var observer = LiveObserver()
        let compute = Mutex<[Double]>([])
        let failure = FirstFailure()
        observer.onRendered = { rendered in compute.withLock { $0.append(rendered.times.compute) } }
        observer.onFailure = failure.report
        let pipeline = try LivePipeline(
            model, avatars: AvatarList(nil), driving: driving, settings: settings,
            makeOutputs: { _ in [SinkOutput("null", to: NullSink(), onFailure: failure.report)] },
            observer: observer)
        let start = MonotonicTime.now
        pipeline.start()
        Thread.sleep(forTimeInterval: seconds)
        pipeline.stop()
        pipeline.wait()
        measured.seconds += MonotonicTime.now.milliseconds(since: start) / 1000
        measured.latency.add(pipeline.outputSummaries[0].latency)
        measured.compute += compute.withLock { $0 }
        if let error = failure.first { throw error }
    }
}

import Driving
import FOMMCore
import Foundation
import Frames
import System

/// `puppet bench --quality`: what each ``QualityStep`` saves and what it costs on a driving video. All steps see the same
/// frames, as a live run does, smoothed; they take turns of ten, so that a machine that slows down slows all of them.
package struct QualityBench {
    private let compute: BenchCompute
    private let frames: Int

    /// - Parameter frames: of the driving video, at most.
    package init(_ compute: BenchCompute, frames: Int) {
        self.compute = compute
        self.frames = frames
    }

    /// What was measured of one step.
    package struct Row: Encodable, Sendable {
        package let step: String
        package let quality: Double
        /// Detection, dense motion and generation, mean over all frames.
        package let frameMs: Double
        /// Frames a second, of those of the best quality.
        package let fpsRatio: Double
        /// Against the pictures of the best quality, over all frames; `nil` where they are the same.
        package let psnrDb: Double?
        /// Of the frame that is furthest from its best.
        package let worstPsnrDb: Double?
        /// Frames that showed the picture before again, 0...1.
        package let shownAgain: Double
        /// Part of the picture that was computed in the others, 0...1.
        package let computed: Double
    }

    package struct Report: PrintableReport, Sendable {
        package let machine: BenchReport.Machine
        package let model: String
        package let frames: Int
        package let steps: [Row]

        package var table: String {
            func decibels(_ value: Double?) -> String { value.map { "\($0)" } ?? "same" }
            let header = ["ms", "fps ratio", "PSNR dB", "worst", "shown again", "computed"]
            let body = steps.map { row in
                [
                    "\(row.frameMs)", "\(row.fpsRatio)", decibels(row.psnrDb), decibels(row.worstPsnrDb),
                    "\(Int((100 * row.shownAgain).rounded())) %", "\(Int((100 * row.computed).rounded())) %",
                ]
            }
            return
                (["\(machine.cpu); \(machine.threads) threads, \(machine.instructionSet); \(model), \(frames) frames"]
                + zip(["step"] + steps.map(\.step), [header] + body).map { name, cells in
                    name + cells[0].right(in: 24 - name.count) + cells.dropFirst().map { $0.right(in: 13) }.joined()
                }).joined(separator: "\n")
        }
    }

    /// One step's own half of a pipeline.
    fileprivate struct Lane {
        let step: QualityStep
        var tracker: LiveTracker
        var renderer: AvatarRenderer
        var milliseconds = 0.0
        var squaredError = 0.0
        var worst = 0.0
        var shownAgain = 0
        var computed = 0.0
    }

    /// - Parameters:
    ///   - subject: the model.
    ///   - progress: told how many frames are done, of how many at most.
    /// - Throws: what opening the model, the avatar or the video throws.
    package func run(
        _ subject: Bench.Subject, avatar list: AvatarList, driving: DrivingSource,
        _ progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        let model = try compute.model(subject.open())
        let driver = try DrivingFrames(
            driving, side: model.frameSize, limit: frames, inUse: Self.turn + QualityStep.ladder.count)
        let framing = try Framing(.center, in: driver.viewpoint.sourceSize)
        let avatar = try list.load(
            0, AvatarReader(FrameDetector(model, threads: compute.threads), scales: model.scales))
        var lanes = QualityStep.ladder.map { step in
            Lane(
                step: step,
                tracker: LiveTracker(
                    FrameDetector(model, threads: compute.threads), avatar: avatar, settings: TrackerSettings(),
                    framing: framing),
                renderer: AvatarRenderer(FrameGenerator(model, threads: compute.threads), capacity: Self.turn + 1))
        }
        let start = MonotonicTime.now
        var done = 0
        while done < frames {
            var turn: [Frame] = []
            while turn.count < min(Self.turn, frames - done), let frame = try driver.next() {
                let due = start.advanced(byNanoseconds: driver.frameRate.time(ofFrame: done + turn.count))
                turn.append(frame.stamped(sequence: done + turn.count, captured: due))
            }
            guard !turn.isEmpty else { break }
            var best: [Frame] = []
            for index in lanes.indices {
                for (number, frame) in turn.enumerated() {
                    let rendered = lanes[index].show(frame)
                    if index == 0 {
                        best.append(rendered.frame)
                    } else {
                        lanes[index].compare(rendered.frame, best[number])
                    }
                }
            }
            done += turn.count
            progress(done, min(frames, driver.count ?? frames))
        }
        guard done > 0 else {
            throw PuppetError(.nothingToDrive, driving.name, "has no frames", hint: "give a video that has some")
        }
        return Report(
            machine: .init(compute), model: subject.name, frames: done,
            steps: lanes.map { $0.row(frames: done, best: lanes[0]) })
    }

    private static let turn = 10
}

extension QualityBench.Lane {
    fileprivate mutating func show(_ frame: Frame) -> RenderedFrame {
        let rendered = renderer.render(tracker.track(frame, step).motion, step)
        milliseconds += rendered.times.compute
        if rendered.work.computed == 0 { shownAgain += 1 }
        computed += rendered.work.computed
        return rendered
    }

    fileprivate mutating func compare(_ picture: Frame, _ best: Frame) {
        let error = picture.pixels.meanSquaredError(from: best.pixels)
        squaredError += error
        worst = max(worst, error)
    }

    fileprivate func row(frames: Int, best: Self) -> QualityBench.Row {
        func hundredths(_ value: Double) -> Double { value.rounded(toPlaces: 2) }
        func decibels(_ error: Double) -> Double? {
            error > 0 ? (10 * log10(255 * 255 / error)).rounded(toPlaces: 1) : nil
        }
        let count = Double(frames)
        return QualityBench.Row(
            step: step.name, quality: hundredths(step.quality), frameMs: hundredths(milliseconds / count),
            fpsRatio: hundredths(best.milliseconds / milliseconds), psnrDb: decibels(squaredError / count),
            worstPsnrDb: decibels(worst), shownAgain: hundredths(Double(shownAgain) / count),
            computed: hundredths(computed / max(1, count - Double(shownAgain))))
    }
}

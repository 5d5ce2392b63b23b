import FOMMCore
import Frames

/// `puppet bench`: what one live frame costs here, per stage, with the avatar already encoded.
package struct Bench {
    private let threads: Int
    private let instructionSet: InstructionSet
    private let frameSize: Int
    private let runs: Int

    /// - Parameter runs: frames that are timed per model, after three that are not.
    package init(
        threads: Int, instructionSet: InstructionSet, frameSize: Int = FOMMModel.defaultFrameSize, runs: Int
    ) {
        self.threads = threads
        self.instructionSet = instructionSet
        self.frameSize = frameSize
        self.runs = runs
    }

    /// A model to measure, which is opened when its turn comes.
    package struct Subject: Sendable {
        package let name: String
        let open: @Sendable () throws -> MappedFile

        package init(name: String, open: @escaping @Sendable () throws -> MappedFile) {
            self.name = name
            self.open = open
        }

        /// The one in the binary.
        package static let `default` = Subject(name: "default") { EmbeddedAssets.model }
        /// Random weights in the architecture of the published checkpoints.
        package static let published = Subject(name: "published") { try RandomModel.published() }
    }

    /// - Throws: ``FrameError`` where there is no room for the random model's temporary file; ``WeightError`` for a file
    ///   that is no model, or not one for this frame size.
    package func run(_ subjects: [Subject]) throws -> BenchReport {
        BenchReport(
            machine: .init(threads: threads, instructionSet: instructionSet),
            models: try subjects.map(measure))
    }

    /// The same frames, layer by layer, each layer's shortest time.
    package func layers(_ subjects: [Subject]) throws -> LayerReport {
        let peak = ComputePeak.multiplyAddsPerSecond(instructionSet, threads: threads)
        return LayerReport(
            machine: .init(threads: threads, instructionSet: instructionSet), peakGflops: 2e-9 * peak,
            models: try subjects.map { subject in
                let model = try FOMMModel(subject.open(), frameSize: frameSize, instructionSet: instructionSet)
                let detector = FrameDetector(model, threads: threads)
                let avatar = try AvatarList(nil).load(0, detector)
                let generator = FrameGenerator(model, threads: threads)
                let renderer = AvatarRenderer(generator, capacity: 1)
                let frames = try drivingFrames(side: model.frameSize)
                var tracker = MotionTracker(
                    detector, avatar: avatar, mode: .relative(adaptScale: true), initial: nil)
                for run in 0..<Self.warmUp + runs {
                    if run == Self.warmUp {
                        detector.timeLayers()
                        generator.timeLayers()
                    }
                    _ = renderer.render(
                        tracker.track(frames[run % frames.count].stamped(sequence: run, captured: .now)))
                }
                return LayerReport.Model(
                    name: subject.name, detect: detector.layerTimes, generate: generator.layerTimes)
            })
    }

    private func measure(_ subject: Subject) throws -> BenchReport.Model {
        let file = try subject.open()
        PeakMemory.reset()
        let started = MonotonicTime.now
        let model = try FOMMModel(file, frameSize: frameSize, instructionSet: instructionSet)
        let detector = FrameDetector(model, threads: threads)
        let avatar = try AvatarList(nil).load(0, detector)
        let renderer = AvatarRenderer(FrameGenerator(model, threads: threads), capacity: 1)
        let frames = try drivingFrames(side: model.frameSize)
        var tracker = MotionTracker(
            detector, avatar: avatar, mode: .relative(adaptScale: true), initial: nil)
        _ = renderer.render(tracker.track(frames[0]))
        let firstFrame = MonotonicTime.now.milliseconds(since: started)

        var times: [FrameTimes] = []
        for run in 0..<Self.warmUp + runs {
            let frame = frames[run % frames.count].stamped(sequence: run, captured: .now)
            let rendered = renderer.render(tracker.track(frame))
            if run >= Self.warmUp { times.append(rendered.times) }
        }
        return BenchReport.Model(
            name: subject.name, frameSize: frameSize, times: times, firstFrame: firstFrame,
            peakMemory: PeakMemory.megabytes)
    }

    private static let warmUp = 3

    private func drivingFrames(side: Int) throws -> [Frame] {
        let source = try DrivingSource(
            "test", rate: FrameRate(2), size: FrameSize(square: side), searchPath: ""
        ).open(frames: 16)
        var frames: [Frame] = []
        while let frame = try source.next() { frames.append(frame) }
        return frames
    }
}

import Assets
import Driving
import FOMMCore
import Frames
import System

/// `puppet bench`: what one live frame costs here, per stage, with the avatar already encoded.
package struct Bench {
    private let compute: BenchCompute
    private let frameSize: Int?
    private let runs: Int

    /// - Parameters:
    ///   - compute: for int8, a model without ranges gets those of the frames it is measured with, beforehand.
    ///   - frameSize: of every model; `nil` takes each model's own.
    ///   - runs: frames that are timed per model, after three that are not.
    package init(_ compute: BenchCompute, frameSize: Int? = nil, runs: Int) {
        self.compute = compute
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

    /// - Parameter progress: told how many frames are done, of how many.
    /// - Throws: ``FrameError`` where there is no room for the random model's temporary file; ``WeightError`` for a file
    ///   that is no model, or not one for this frame size.
    package func run(
        _ subjects: [Subject], _ progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> BenchReport {
        BenchReport(
            machine: .init(compute),
            models: try subjects.enumerated().map { index, subject in
                try measure(subject) { progress(index * frames + $0, subjects.count * frames) }
            })
    }

    /// Of every model, those that are not timed among them.
    private var frames: Int { Self.warmUp + runs }

    /// The same frames, layer by layer, each layer's shortest time.
    ///
    /// - Parameter progress: told how many frames are done, of how many.
    /// - Throws: as ``run(_:_:)``.
    package func layers(
        _ subjects: [Subject], _ progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> LayerReport {
        let peak = ComputePeak.multiplyAddsPerSecond(compute.instructionSet, threads: compute.threads)
        return LayerReport(
            machine: .init(compute), peakGflops: 2e-9 * peak,
            models: try subjects.enumerated().map { index, subject in
                let file = try subject.open()
                var puppet = try puppet(file, ranges: try ranges(file))
                let driving = try drivingFrames(for: puppet)
                for run in 0..<frames {
                    if run == Self.warmUp {
                        puppet.detector.timeLayers()
                        puppet.generator.timeLayers()
                    }
                    _ = puppet.show(driving[run % driving.count].stamped(sequence: run, captured: .now))
                    progress(index * frames + run + 1, subjects.count * frames)
                }
                return LayerReport.Model(
                    name: subject.name, detect: puppet.detector.layerTimes,
                    generate: puppet.generator.layerTimes)
            })
    }

    /// - Parameter progress: told how many frames are done.
    private func measure(_ subject: Subject, _ progress: (Int) -> Void) throws -> BenchReport.Model {
        let file = try subject.open()
        let ranges = try ranges(file)
        PeakMemory.reset()
        let started = MonotonicTime.now
        var puppet = try puppet(file, ranges: ranges)
        let loaded = MonotonicTime.now
        let driving = try drivingFrames(for: puppet)
        let ready = MonotonicTime.now
        _ = puppet.show(driving[0])
        let firstFrame = loaded.milliseconds(since: started) + MonotonicTime.now.milliseconds(since: ready)

        var times: [FrameTimes] = []
        var processor = MonotonicTime.processorNanoseconds
        for run in 0..<frames {
            if run == Self.warmUp { processor = MonotonicTime.processorNanoseconds }
            let frame = driving[run % driving.count].stamped(sequence: run, captured: .now)
            let rendered = puppet.show(frame)
            if run >= Self.warmUp { times.append(rendered.times) }
            progress(run + 1)
        }
        let processorMs = 1e-6 * Double(MonotonicTime.processorNanoseconds - processor) / Double(runs)
        return BenchReport.Model(
            name: subject.name, precision: puppet.generator.model.precision,
            frameSize: puppet.generator.model.frameSize, times: times, processorMs: processorMs,
            firstFrame: firstFrame, peakMemory: PeakMemory.megabytes)
    }

    private static let warmUp = 3

    private func puppet(_ file: MappedFile, ranges: ActivationRanges?) throws -> SerialPuppet {
        let model = try compute.model(file, frameSize: frameSize, ranges: ranges)
        return try SerialPuppet(model, threads: compute.threads, AvatarList(nil))
    }

    /// Where int8 is asked for and the file has no ranges.
    private func ranges(_ file: MappedFile) throws -> ActivationRanges? {
        guard compute.precision == .int8 else { return nil }
        let model = try FOMMModel(file, frameSize: frameSize, instructionSet: compute.instructionSet)
        guard !model.hasRanges else { return nil }
        var puppet = try SerialPuppet(model, threads: compute.threads, AvatarList(nil))
        puppet.detector.recordRanges()
        puppet.generator.recordRanges()
        for frame in try drivingFrames(for: puppet) { _ = puppet.show(frame) }
        return puppet.detector.ranges.union(puppet.generator.ranges)
    }

    private func drivingFrames(for puppet: SerialPuppet) throws -> [Frame] {
        let side = FrameSize(square: puppet.generator.model.frameSize)
        let source = try DrivingSource(
            "test", rate: FrameRate(2), size: side, searchPath: ""
        ).open(frames: 16)
        var frames: [Frame] = []
        while let frame = try source.next() { frames.append(frame) }
        return frames
    }
}

import Driving
import FOMMCore
import Frames
import System

/// Finds what int8 has to know of a model, by running it on a driving clip, and how close int8 then comes to float32.
package struct Quantiser {
    /// What was found.
    package struct Result: Sendable {
        package let ranges: ActivationRanges
        package let quality: Quality
    }

    /// int8 against float32 on the same motion, PSNR in dB of 8-bit pictures; infinite where they are the same.
    package struct Quality: PrintableReport, Sendable {
        package let pictures: Int
        package let lowestPsnr: Double
        package let meanPsnr: Double

        package var table: String {
            let passes = lowestPsnr >= PrecisionChoice.qualityBar
            return """
                int8 against float32 in \(pictures) pictures: PSNR \(tenths(meanPsnr)) dB, at least \
                \(tenths(lowestPsnr)) dB: --precision auto takes \(passes ? "int8" : "float32")
                """
        }
    }

    /// Of the largest magnitudes that were seen, what integers have to hold. The largest are rare, and finer steps for all
    /// others are worth more than they are (docs/kernels.md).
    private static let heldShare: Float = 0.8

    private let file: MappedFile
    private let instructionSet: InstructionSet
    private let threads: Int

    /// - Parameter instructionSet: with ``InstructionSet/hasInt8``.
    package init(
        _ file: MappedFile, instructionSet: InstructionSet, threads: Int
    ) {
        self.file = file
        self.instructionSet = instructionSet
        self.threads = threads
    }

    /// - Parameters:
    ///   - frames: pictures at most, of each avatar; spread over the whole clip where its length is known.
    ///   - progress: called for every picture, of which each is made twice.
    /// - Throws: ``WeightError``, ``FrameError``, whatever the source throws, ``PuppetError`` `.nothingToDrive` where it has
    ///   no frames.
    package func run(
        _ avatars: AvatarList, driving: DrivingSource, frames: Int,
        progress: (Animator.Progress) -> Void = { _ in }
    ) throws -> Result {
        let exact = try FOMMModel(file, instructionSet: instructionSet)
        let driving = (name: driving.name, frames: try read(driving, side: exact.frameSize, atMost: frames))
        guard !driving.frames.isEmpty else {
            throw PuppetError(
                .nothingToDrive, driving.name, "has no frames", hint: "give a clip of somebody who moves")
        }
        let (perAvatar, all) = (driving.frames.count, 2 * avatars.count * driving.frames.count)
        var done = 0
        /// The avatar's pictures for all driving frames.
        func play(_ puppet: inout SerialPuppet) -> [Frame] {
            driving.frames.map { frame in
                done += 1
                progress(Animator.Progress(framesDone: done, framesInAll: all))
                return puppet.show(frame).frame
            }
        }

        var (ranges, expected) = (ActivationRanges(), [Frame]())
        for index in 0..<avatars.count {
            var puppet = try SerialPuppet(exact, threads: threads, avatars, index, capacity: perAvatar)
            puppet.generator.recordRanges()
            expected += play(&puppet)
            ranges = ranges.union(puppet.generator.ranges)
        }
        ranges = ranges.scaled(by: Self.heldShare)
        let quantised = try FOMMModel(
            file, instructionSet: instructionSet, precision: .int8, ranges: ranges)
        var actual: [Frame] = []
        for index in 0..<avatars.count {
            var puppet = try SerialPuppet(quantised, threads: threads, avatars, index, capacity: perAvatar)
            actual += play(&puppet)
        }
        let psnr: [Double] = zip(expected, actual).map { $0.pixels.psnr(against: $1.pixels) }
        return Result(
            ranges: ranges,
            quality: Quality(
                pictures: psnr.count, lowestPsnr: psnr.min() ?? 0,
                meanPsnr: psnr.reduce(0, +) / Double(psnr.count)))
    }

    private func read(_ driving: DrivingSource, side frameSize: Int, atMost limit: Int) throws -> [Frame] {
        let isEndless = driving.kind == .testCamera
        let driver = try DrivingFrames(driving, side: frameSize, limit: isEndless ? limit : nil, inUse: limit)
        let step = max(1, (driver.count ?? limit) / limit)
        var frames: [Frame] = []
        while frames.count < limit, let frame = try driver.next() {
            frames.append(frame)
            for _ in 1..<step { try driver.skip() }
        }
        return frames
    }

    /// Writes the model with what was found, which replaces what it had of the kind; everything else stays as it is.
    /// - Throws: ``WeightError`` for a model that cannot be read, ``FrameError`` where it cannot be written.
    package func write(_ result: Result, to path: String) throws {
        let contents = try SafetensorsFile(file)
        let kept = contents.inventory.filter { !$0.name.hasPrefix(ActivationRanges.tensorPrefix) }
        let ranges = result.ranges.values.sorted { $0.key < $1.key }.map { name, values in
            let shape = [values.count, values.first?.count ?? 0]
            return (
                tensor: SafetensorsHeader.Tensor(ActivationRanges.tensorPrefix + name, .float32, shape),
                values: values.flatMap { $0 }
            )
        }
        var metadata = contents.metadata
        metadata[ActivationRanges.qualityKey] = "\(min(result.quality.lowestPsnr, 99).rounded(toPlaces: 1))"
        metadata[ActivationRanges.levelsKey] = "\(instructionSet.int8Levels)"
        let output = try AtomicFile(path: path)
        try output.write(SafetensorsHeader(kept + ranges.map(\.tensor), metadata: metadata).bytes)
        for tensor in kept { try output.write(contents.bytes(of: tensor)) }
        for range in ranges { try output.write(range.values) }
        try output.commit()
    }
}

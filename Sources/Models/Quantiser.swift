import Driving
import FOMMCore
import Frames
import System

/// Finds what int8 has to know of a model, by running it on driving clips, and how close int8 then comes to float32.
package struct Quantiser {
    /// What was found.
    package struct Result: Sendable {
        package let ranges: ActivationRanges
        package let report: QuantisingReport
    }

    /// Of the largest magnitudes that were seen, what integers have to hold. The largest are rare, and finer steps for all
    /// others are worth more than they are (docs/kernels.md).
    private static let heldShare: Float = 0.8
    /// How far int8 may move keypoints, in pixels of a frame.
    private static let mostDistance = 0.1
    /// What may be in int8, the most first.
    private static let choices: [[ActivationRanges.Part]] = [
        [.detector, .denseMotion, .generator], [.denseMotion, .generator], [.generator],
    ]

    private let file: MappedFile
    private let threads: Int
    private let exact: FOMMModel
    /// One for each kind of integers that this computer has, the finest first.
    private let instructionSets: [InstructionSet]

    /// - Parameter instructionSets: with ``InstructionSet/hasInt8``; the first is what ranges are found with.
    /// - Throws: ``WeightError`` for a model that cannot be read.
    package init(_ file: MappedFile, instructionSets: [InstructionSet], threads: Int) throws {
        (self.file, self.threads) = (file, threads)
        exact = try FOMMModel(file, instructionSet: instructionSets[0])
        self.instructionSets = instructionSets
    }

    /// The fastest of each kind of integers that this computer has, the finest first.
    package static var everyKind: [InstructionSet] {
        let withInt8 = InstructionSet.supported.reversed().filter(\.hasInt8)
        return Dictionary(withInt8.map { ($0.int8Levels, $0) }, uniquingKeysWith: { first, _ in first })
            .sorted { $0.key > $1.key }.map(\.value)
    }

    /// - Parameters:
    ///   - clips: each moves every avatar.
    ///   - frames: pictures at most, of each avatar and clip; spread over a whole clip where its length is known.
    ///   - progress: called for every driving frame of an avatar, of which there are two rounds or more.
    /// - Throws: ``WeightError``, ``FrameError``, whatever the sources throw, ``PuppetError`` `.nothingToDrive` where one has
    ///   no frames.
    package func run(
        _ avatars: AvatarList, driving clips: [DrivingSource], frames: Int,
        progress: (Animator.Progress) -> Void = { _ in }
    ) throws -> Result {
        var (done, inAll) = (0, 2 * avatars.count * frames * clips.count)
        /// Of clips that can be read once.
        var kept: [Int: [Frame]] = [:]
        /// Every avatar on every clip.
        func play(_ show: (_ avatar: Int, _ driving: [Frame]) throws -> Void) throws {
            for (index, clip) in clips.enumerated() {
                let driving = try kept[index] ?? read(clip, side: exact.frameSize, atMost: frames)
                if !clip.canRewind { kept[index] = driving }
                guard !driving.isEmpty else {
                    throw PuppetError(
                        .nothingToDrive, clip.name, "has no frames", hint: "give a clip of somebody who moves")
                }
                inAll -= avatars.count * (frames - driving.count)
                for avatar in 0..<avatars.count { try show(avatar, driving) }
            }
        }
        func advance() {
            done += 1
            progress(Animator.Progress(framesDone: done, framesInAll: inAll))
        }

        var found = ActivationRanges()
        try play { avatar, driving in
            var puppet = try SerialPuppet(exact, threads: threads, avatars, avatar)
            puppet.detector.recordRanges()
            puppet.generator.recordRanges()
            for frame in driving {
                _ = puppet.show(frame)
                advance()
            }
            found = found.union(puppet.detector.ranges).union(puppet.generator.ranges)
        }
        found = found.scaled(by: Self.heldShare)

        var tried: [Result] = []
        let choices = Self.choices.filter { found.parts.isSuperset(of: $0) }
        for (index, parts) in choices.enumerated() {
            let ranges = found.of(Set(parts))
            var comparisons = try instructionSets.map { instructionSet in
                Int8Comparison(
                    try FOMMModel(file, instructionSet: instructionSet, precision: .int8, ranges: ranges))
            }
            if index > 0 { inAll += inAll / (index + 1) }
            try play { avatar, driving in
                try compare(avatars, avatar, driving, &comparisons, afterFrame: advance)
            }
            let report = QuantisingReport(
                pictures: comparisons[0].pictures, parts: parts.map(\.rawValue), quality: comparisons.map(\.quality),
                rejected: tried.map { .init(part: $0.report.parts[0], quality: $0.report.quality[0]) })
            tried.append(Result(ranges: ranges, report: report))
            if report.quality.allSatisfy(Self.isClose) { break }
        }
        return tried[Self.choice(among: tried.map(\.report))]
    }

    private static func isClose(_ quality: QuantisingReport.Quality) -> Bool {
        quality.keypointDistance <= mostDistance && quality.lowestPsnr >= PrecisionChoice.qualityBar
    }

    /// Which to take: the last, the only one that may be close; where that is not, the one with the most parts that moves
    /// keypoints no further than it may and has pictures hardly worse than the last, which the parts are not to blame for.
    ///
    /// - Parameter reports: 1 or more, the one with the most parts first.
    static func choice(among reports: [QuantisingReport]) -> Int {
        let last = reports[reports.count - 1]
        guard !last.quality.allSatisfy(isClose) else { return reports.count - 1 }
        return reports.firstIndex { report in
            zip(report.quality, last.quality).allSatisfy {
                $0.keypointDistance <= mostDistance && $0.lowestPsnr >= $1.lowestPsnr - mostLoss
            }
        } ?? reports.count - 1
    }

    /// What is hardly worse, in dB.
    private static let mostLoss = 1.0

    /// One avatar on one clip, in float32 and in int8.
    private func compare(
        _ avatars: AvatarList, _ avatar: Int, _ driving: [Frame], _ comparisons: inout [Int8Comparison],
        afterFrame: () -> Void
    ) throws {
        var expected = try SerialPuppet(exact, threads: threads, avatars, avatar)
        var puppets = try comparisons.map { try SerialPuppet($0.model, like: expected, threads: threads) }
        for frame in driving {
            let picture = expected.show(frame).frame
            let keypoints = frame.pixels.withBytes(expected.detector.detect(rgb8:))
            for index in puppets.indices {
                comparisons[index].add(
                    picture: picture, puppets[index].show(frame).frame, keypoints: keypoints,
                    frame.pixels.withBytes(puppets[index].detector.detect(rgb8:)))
            }
            afterFrame()
        }
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
        let lowest = result.report.quality.map { ($0.levels, min($0.lowestPsnr, 99).rounded(toPlaces: 1)) }
        metadata.merge(Int8Quality(lowestPsnr: Dictionary(uniqueKeysWithValues: lowest)).metadata) { $1 }
        let output = try AtomicFile(path: path)
        try output.write(SafetensorsHeader(kept + ranges.map(\.tensor), metadata: metadata).bytes)
        for tensor in kept { try output.write(contents.bytes(of: tensor)) }
        for range in ranges { try output.write(range.values) }
        try output.commit()
    }
}

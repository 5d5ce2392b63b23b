import CFOMMKernels

/// A First Order Motion Model: the weights of its networks and what they need at run time. Immutable; any queue.
///
/// ``FrameDetector`` and ``FrameGenerator`` run it, each confined to the queue of its pipeline stage.
public struct FOMMModel: Sendable {
    /// Rows and columns of avatar, driving frame and prediction.
    public let frameSize: Int
    public let configuration: ModelConfiguration
    public let instructionSet: InstructionSet
    public let precision: Precision
    /// Whether int8 scales are known beforehand; otherwise they are found anew for every picture, which takes longer.
    public let hasRanges: Bool
    public let metadata: [String: String]
    /// Tells models apart whose keypoints differ, in 16 hexadecimal digits: it is of the detector's tensors alone.
    public let fingerprint: String
    let detector: KeypointDetector
    let dense: DenseMotionNetwork
    let generator: Generator
    /// One per size of picture, the full one first.
    let plans: [PicturePlan]
    let detectorLayout: WorkspaceLayout
    let generatorLayout: WorkspaceLayout

    public static let defaultFrameSize = 256

    /// - Parameters:
    ///   - file: safetensors, names as in the published checkpoints with the prefixes `kp_detector.` and `generator.`.
    ///   - frameSize: any that the network's halvings divide: multiples of 64 for the default model. `nil` takes that of
    ///     the training, or ``defaultFrameSize`` where the file does not say.
    ///   - configuration: what shapes cannot tell; `nil` takes it from the file's metadata.
    ///   - precision: `.int8` needs an instruction set with ``InstructionSet/hasInt8``.
    ///   - ranges: instead of those in the file.
    ///   - int8Gain: asked for `.auto`, as ``Int8Gain/measured(_:channels:)``, which takes 0.1 s, is.
    /// - Throws: ``WeightError`` naming file, tensor, expected and actual.
    public init(
        _ file: MappedFile, frameSize: Int? = nil, configuration: ModelConfiguration? = nil,
        instructionSet: InstructionSet = .best, precision precisionChoice: PrecisionChoice = .float32,
        ranges: ActivationRanges? = nil,
        int8Gain: (_ instructionSet: InstructionSet, _ channels: Int) -> Double = Int8Gain.measured
    ) throws(WeightError) {
        let contents = try SafetensorsFile(file)
        let architecture = try ModelArchitecture(shapes: contents.shapes, file: file.name)
        precision = precisionChoice.resolved(instructionSet, contents.metadata) {
            int8Gain(instructionSet, architecture.generatorWidths[architecture.generatorWidths.count - 1])
        }
        hasRanges = ranges != nil || contents.tensors.keys.contains { $0.hasPrefix(ActivationRanges.tensorPrefix) }
        precondition(precision == .float32 || instructionSet.hasInt8, "\(instructionSet) has no int8 convolutions")
        let reader = WeightReader(
            weights: contents, instructionSet: instructionSet, precision: precision, ranges: ranges)
        self.instructionSet = instructionSet
        metadata = contents.metadata
        fingerprint = contents.fingerprint(ofTensors: "kp_detector.")
        self.configuration = if let configuration { configuration } else { try ModelConfiguration(contents) }
        let frameSize = frameSize ?? self.configuration.frameSize ?? Self.defaultFrameSize
        guard (16...2048).contains(frameSize) else {
            throw WeightError(
                .wrongFrameSize, file: file.name, "a frame of \(frameSize) pixels, expected 16 to 2048")
        }
        self.frameSize = frameSize
        var (detectorLayout, generatorLayout) = (WorkspaceLayout(), WorkspaceLayout())
        let network = NetworkDescription(architecture)
        detector = try KeypointDetector(
            network.detector, reader, self.configuration, frameSize: frameSize, &detectorLayout)
        dense = try DenseMotionNetwork(
            network.dense, reader, self.configuration, frameSize: frameSize, &generatorLayout)
        let names = self.configuration.keypointNames
        guard names.isEmpty || names.count == detector.keypointCount else {
            throw WeightError(
                .damaged, file: file.name,
                "puppet.keypoints has \(names.count) names, expected one for each of \(detector.keypointCount) keypoints"
            )
        }
        let generator = try Generator(
            network.generator, reader, self.configuration, motionSize: dense.size, frameSize: frameSize)
        self.generator = generator
        plans = PictureScale.allCases.filter { PicturePlan.fits(generator, $0, frameSize: frameSize) }
            .map { PicturePlan(generator, $0, frameSize: frameSize, &generatorLayout) }
        self.detectorLayout = detectorLayout
        self.generatorLayout = generatorLayout
        // Tens of megabytes at a time went through arrays while weights were packed.
        puppet_release_freed_memory()
    }

    public var keypointCount: Int { detector.keypointCount }
    /// Rows and columns of the motion.
    public var motionSize: Int { dense.size }
    /// Sizes of picture it can make, the largest first; what the network halves too often lacks some.
    public var scales: [PictureScale] { plans.map(\.scale) }

    /// - Parameter scale: one of ``scales``.
    func plan(_ scale: PictureScale) -> PicturePlan {
        guard let plan = plans.first(where: { $0.scale == scale }) else {
            preconditionFailure("no pictures of \(scale) size from frames of \(frameSize) pixels")
        }
        return plan
    }

    public var hasJacobians: Bool { detector.jacobianMapCount > 0 }
}

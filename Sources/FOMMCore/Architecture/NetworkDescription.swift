/// A First Order Motion Model, layer by layer: which tensors each has, how large they are and what the layer reads. The
/// engine, the plain reference, what judges a file by its shapes and what makes up random weights are all made from it.
/// Source: https://github.com/AliaksandrSiarohin/first-order-model, folder `modules`.
public struct NetworkDescription: Sendable {
    /// Frame to logits: an output a keypoint; then, in a second head, four a Jacobian map, for models that have them.
    /// PyTorch: `KPDetector`.
    public let detector: HeadedHourglassDescription
    /// Heatmaps and warped avatars, four channels a motion, to logits: an output for the background and one a keypoint;
    /// then, in a second head, one of the occlusion map, for models that have it. PyTorch: `DenseMotionNetwork`.
    public let dense: HeadedHourglassDescription
    public let generator: GeneratorDescription

    public init(_ architecture: ModelArchitecture) {
        let motions = architecture.keypoints + 1
        detector = HeadedHourglassDescription(
            blur: PartName.detectorBlur, hourglass: PartName.detectorHourglass, inputs: 3, architecture.detector,
            heads: [PartName.keypoints: architecture.keypoints, PartName.jacobian: 4 * architecture.jacobianMaps])
        dense = HeadedHourglassDescription(
            blur: PartName.motionBlur, hourglass: PartName.motionHourglass, inputs: 4 * motions, architecture.dense,
            heads: [PartName.mask: motions, PartName.occlusion: architecture.hasOcclusionMap ? 1 : 0])
        generator = GeneratorDescription(architecture)
    }

    /// Every tensor, in the order in which the layers run.
    public var tensors: [TensorDescription] { detector.tensors + dense.tensors + generator.tensors }
}

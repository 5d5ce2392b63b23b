/// What tells one First Order Motion Model from another: how many keypoints, blocks and channels it has. All of it is read
/// off the shapes of the tensors, so that a checkpoint can be judged without reading a weight; ``NetworkDescription`` says
/// what follows from it.
public struct ModelArchitecture: Sendable, Equatable {
    /// Channels of an hourglass, which has at least one block.
    public struct HourglassWidths: Sendable, Equatable {
        /// After each down-block, from the widest image to the narrowest.
        public var encoder: [Int]
        /// After each up-block, from the narrowest image to the widest; as many.
        public var decoder: [Int]
        /// Of the frame, before the hourglass: 4 for a scale factor of 0.25, 1 for none.
        public var reduction: Int
    }

    public var keypoints: Int
    /// As many as keypoints, 1 for all of them, or 0.
    public var jacobianMaps: Int
    public var hasOcclusionMap: Bool
    public var detector: HourglassWidths
    public var dense: HourglassWidths
    /// Channels of the generator's first block, then after each down-block.
    public var generatorWidths: [Int]
    /// Channels after each up-block of the generator, as many as down-blocks.
    public var generatorDecoder: [Int]
    public var residualBlocks: Int

    /// Of the published models for 256 px (vox, taichi, ...).
    public static let published = ModelArchitecture(
        keypoints: 10, jacobianMaps: 10, hasOcclusionMap: true, detector: HourglassWidths(width: 32, blocks: 5),
        dense: HourglassWidths(width: 64, blocks: 5), generatorWidths: [64, 128, 256], generatorDecoder: [128, 64],
        residualBlocks: 6)

    /// Weights and statistics; blur kernels and counters are none.
    public var parameters: Int {
        NetworkDescription(self).tensors.reduce(0) { $0 + ($1.role == .blur ? 0 : $1.count) }
    }

    /// Multiply-adds of the definition for one driving frame, or, with `perAvatar`, for the avatar's features.
    ///
    /// - Parameter headPadding: ``ModelConfiguration/headPadding``.
    public func multiplyAdds(frameSize: Int, headPadding: Int = 0, perAvatar: Bool = false) -> Double {
        let (network, side) = (NetworkDescription(self), Double(frameSize))
        let generator = network.generator.multiplyAdds(side: side, perAvatar: perAvatar)
        if perAvatar { return generator }
        return network.detector.multiplyAdds(side: side, headPadding: headPadding)
            + network.dense.multiplyAdds(side: side) + generator
    }
}

extension ModelArchitecture {
    /// - Parameters:
    ///   - shapes: of every tensor, by name.
    ///   - file: where they come from, for messages.
    /// - Throws: ``WeightError`` `.missingTensor`, `.wrongShape`, `.extraTensor` and `.unsupportedModel`.
    public init(shapes: [String: [Int]], file: String) throws(WeightError) {
        let reader = ShapeReader(shapes: shapes, file: file)
        detector = try reader.hourglass(PartName.detectorHourglass, reducedBy: PartName.detectorBlur)
        keypoints = try reader.outputs(PartName.keypoints)
        guard keypoints <= Keypoints.limit else {
            throw WeightError(
                .unsupportedModel, file: file, tensor: PartName.keypoints + ".weight",
                "\(keypoints) keypoints, at most \(Keypoints.limit) are supported")
        }
        let jacobians = reader.has(PartName.jacobian) ? try reader.outputs(PartName.jacobian) : 0
        guard [0, 4, 4 * keypoints].contains(jacobians) else {
            throw WeightError(
                .wrongShape, file: file, tensor: PartName.jacobian + ".weight",
                "\(jacobians) output channels, expected 4 or \(4 * keypoints)")
        }
        jacobianMaps = jacobians / 4

        dense = try reader.hourglass(PartName.motionHourglass, reducedBy: PartName.motionBlur)
        let masks = try reader.outputs(PartName.mask)
        guard masks == keypoints + 1 else {
            throw WeightError(
                .wrongShape, file: file, tensor: PartName.mask + ".weight",
                "\(masks) output channels, expected \(keypoints + 1): one a keypoint and one for the background")
        }
        hasOcclusionMap = reader.has(PartName.occlusion)

        let levels = max(1, reader.count(of: PartName.down))
        generatorWidths = [try reader.outputs(PartName.first + ".conv")] + (try reader.widths(PartName.down, levels))
        generatorDecoder = try reader.widths(PartName.up, levels)
        residualBlocks = reader.count(of: PartName.bottleneck)
        try reader.check(NetworkDescription(self))
    }
}

extension ModelArchitecture.HourglassWidths {
    /// Channels that double with every halving, as training configurations have them.
    ///
    /// - Parameters:
    ///   - width: of the decoder's last block. PyTorch: `block_expansion`.
    ///   - limit: most channels of a block. PyTorch: `max_features`.
    public init(width: Int, blocks: Int, limit: Int = 1024, reduction: Int = 4) {
        func channels(_ level: Int) -> Int { min(limit, width << level) }
        self.init(
            encoder: (1...blocks).map(channels), decoder: (0..<blocks).reversed().map(channels),
            reduction: reduction)
    }
}

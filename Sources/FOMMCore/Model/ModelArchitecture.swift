/// What a model's tensors are and what a frame costs, from their shapes alone: no weight is read.
///
/// It accepts what ``FOMMModel`` does, so that a checkpoint can be judged before it is converted.
package struct ModelArchitecture: Sendable, Equatable {
    /// An hourglass: `[inputs, H, W]` to `[first width + inputs, H, W]`.
    package struct HourglassWidths: Sendable, Equatable {
        package let inputs: Int
        /// Channels after each down-block, from the widest image to the narrowest.
        package let encoder: [Int]
        /// Channels after each up-block, from the narrowest image to the widest.
        package let decoder: [Int]
        /// Of the frame, before the hourglass: 4 for a scale factor of 0.25, 1 for none.
        package let reduction: Int
    }

    package private(set) var keypoints = 0
    /// As many as keypoints, 1 for all of them, or 0.
    package private(set) var jacobianMaps = 0
    package private(set) var hasOcclusionMap = false
    package private(set) var detector = HourglassWidths(inputs: 3, encoder: [], decoder: [], reduction: 1)
    package private(set) var dense = HourglassWidths(inputs: 0, encoder: [], decoder: [], reduction: 1)
    /// Channels of the generator's first block, then after each down-block.
    package private(set) var generatorWidths: [Int] = []
    package private(set) var residualBlocks = 0
    /// Weights and statistics; blur kernels and counters are none.
    package private(set) var parameters = 0
    /// Names of all tensors that a layer reads.
    package private(set) var names: Set<String> = []

    private var convolutions: [Convolution] = []

    /// What a convolution costs.
    struct Convolution: Sendable {
        /// Multiply-adds for a pixel.
        let products: Int
        /// Of the frame's rows and columns.
        let reduction: Double
        /// Whether it runs on the avatar alone.
        let isPerAvatar: Bool
        /// Whether it is a head of the detector, whose output is smaller than its input.
        let isDetectorHead: Bool
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.detector == other.detector && one.dense == other.dense && one.generatorWidths == other.generatorWidths
            && one.residualBlocks == other.residualBlocks && one.names == other.names
            && one.parameters == other.parameters
    }

    /// - Parameters:
    ///   - shapes: of every tensor, by name.
    ///   - file: where they come from, for messages.
    /// - Throws: ``WeightError`` `.missingTensor`, `.wrongShape`, `.extraTensor` and `.unsupportedModel`.
    package init(shapes: [String: [Int]], file: String) throws(WeightError) {
        var reader = ShapeReader(shapes: shapes, file: file)
        try readDetector(&reader)
        try readDenseMotion(&reader)
        try readGenerator(&reader)
        try reader.finish()
        parameters = reader.parameters
        names = reader.read
        convolutions = reader.convolutions
    }

    /// Multiply-adds of the definition for one driving frame, or, with `perAvatar`, for the avatar's features.
    ///
    /// - Parameter headPadding: ``ModelConfiguration/headPadding``.
    package func multiplyAdds(frameSize: Int, headPadding: Int = 0, perAvatar: Bool = false) -> Double {
        convolutions.reduce(0) { sum, convolution in
            guard convolution.isPerAvatar == perAvatar else { return sum }
            let border = convolution.isDetectorHead ? 6 - 2 * headPadding : 0
            let side = (Double(frameSize) / convolution.reduction).rounded(.up) - Double(border)
            return sum + Double(convolution.products) * side * side
        }
    }

    private mutating func readDetector(_ reader: inout ShapeReader) throws(WeightError) {
        let path = "kp_detector"
        let reduction = try reader.reduction(at: path + ".down")
        let (widths, outputs) = try reader.hourglass(at: path + ".predictor", inputs: 3, reduction: reduction)
        detector = widths
        keypoints = try reader.convolution(path + ".kp", inputs: outputs, kernel: 7, reduction: Double(reduction))
        guard keypoints <= Keypoints.limit else {
            throw reader.failure(
                .unsupportedModel, path + ".kp.weight",
                "\(keypoints) keypoints, at most \(Keypoints.limit) are supported")
        }
        guard reader.has(path + ".jacobian.weight") else { return }
        let maps = try reader.convolution(
            path + ".jacobian", inputs: outputs, kernel: 7, reduction: Double(reduction))
        guard maps == 4 || maps == 4 * keypoints else {
            throw reader.failure(
                .wrongShape, path + ".jacobian.weight",
                "\(maps) output channels, expected 4 or \(4 * keypoints)")
        }
        jacobianMaps = maps / 4
    }

    private mutating func readDenseMotion(_ reader: inout ShapeReader) throws(WeightError) {
        let path = "generator.dense_motion_network"
        let motions = keypoints + 1
        let reduction = try reader.reduction(at: path + ".down")
        let (widths, outputs) = try reader.hourglass(
            at: path + ".hourglass", inputs: 4 * motions, reduction: reduction)
        dense = widths
        let masks = try reader.convolution(path + ".mask", inputs: outputs, kernel: 7, reduction: Double(reduction))
        guard masks == motions else {
            throw reader.failure(
                .wrongShape, path + ".mask.weight",
                "\(masks) output channels, expected \(motions): one a keypoint and one for the background")
        }
        hasOcclusionMap = reader.has(path + ".occlusion.weight")
        guard hasOcclusionMap else { return }
        try reader.convolution(
            path + ".occlusion", inputs: outputs, outputs: 1, kernel: 7, reduction: Double(reduction))
    }

    private mutating func readGenerator(_ reader: inout ShapeReader) throws(WeightError) {
        var channels = try reader.block("generator.first", inputs: 3, kernel: 7, reduction: 1, isPerAvatar: true)
        generatorWidths = [channels]
        for level in 0..<max(1, reader.count(of: "generator.down_blocks.")) {
            channels = try reader.block(
                "generator.down_blocks.\(level)", inputs: channels, reduction: Double(1 << level), isPerAvatar: true)
            generatorWidths.append(channels)
        }
        let levels = generatorWidths.count - 1
        residualBlocks = reader.count(of: "generator.bottleneck.r")
        for index in 0..<residualBlocks {
            for part in 1...2 {
                let path = "generator.bottleneck.r\(index)"
                try reader.norm("\(path).norm\(part)", channels: channels)
                try reader.convolution(
                    "\(path).conv\(part)", inputs: channels, outputs: channels, kernel: 3,
                    reduction: Double(1 << levels))
            }
        }
        for index in 0..<levels {
            channels = try reader.block(
                "generator.up_blocks.\(index)", inputs: channels, reduction: Double(1 << (levels - 1 - index)))
        }
        try reader.convolution("generator.final", inputs: channels, outputs: 3, kernel: 7, reduction: 1)
    }
}

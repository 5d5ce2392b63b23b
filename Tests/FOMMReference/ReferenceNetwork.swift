import FOMMCore

/// The First Order Motion Model, written down as plainly as in the paper: what the engine is compared with where PyTorch has
/// computed nothing. Slow. Source: Siarohin et al., NeurIPS 2019, and
/// https://github.com/AliaksandrSiarohin/first-order-model.
package struct ReferenceNetwork: Sendable {
    private let detector: KPDetector
    private let dense: DenseMotionNetwork
    private let generator: OcclusionAwareGenerator

    package init(
        _ network: NetworkDescription, _ configuration: ModelConfiguration, _ weights: any WeightSource
    ) {
        let layers = Layers(weights: weights)
        detector = KPDetector(network: network.detector, configuration: configuration, layers: layers)
        dense = DenseMotionNetwork(network: network.dense, configuration: configuration, layers: layers)
        generator = OcclusionAwareGenerator(
            network: network.generator, configuration: configuration, layers: layers)
    }

    /// - Parameter frame: `[3, size, size]`, 0...1.
    /// - Returns: the keypoints, and a heatmap of each, which sums to 1.
    /// - Throws: ``WeightError`` where a weight cannot be read; so do the others.
    package func keypoints(of frame: Tensor) throws -> (keypoints: Keypoints, heatmaps: Tensor) {
        try detector(frame)
    }

    /// How the avatar is to move.
    ///
    /// - Parameters:
    ///   - avatar: `[3, size, size]`, 0...1.
    ///   - source: its keypoints.
    ///   - driving: the keypoints it is to show.
    package func motion(_ avatar: Tensor, source: Keypoints, driving: Keypoints) throws -> ReferenceMotion {
        try dense(avatar, source: source, driving: driving)
    }

    /// The avatar's features: `[channels, size / 2^down-blocks, ...]`.
    package func features(of avatar: Tensor) throws -> Tensor { try generator.encoded(avatar) }

    /// - Parameter features: of the avatar.
    /// - Returns: `[3, size, size]`, 0...1.
    package func prediction(_ features: Tensor, _ motion: ReferenceMotion) throws -> Tensor {
        try generator.decoded(features, motion)
    }
}

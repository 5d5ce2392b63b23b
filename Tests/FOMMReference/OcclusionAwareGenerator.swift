import FOMMCore

/// Avatar and motion to prediction. PyTorch: `OcclusionAwareGenerator`, `modules/generator.py`; section 3.3.
struct OcclusionAwareGenerator: Sendable {
    let network: GeneratorDescription
    let configuration: ModelConfiguration
    let layers: Layers

    func encoded(_ avatar: Tensor) throws -> Tensor {
        var features = try layers.sameBlock(network.first, avatar)
        for block in network.down { features = try layers.downBlock(block, features) }
        return features
    }

    func decoded(_ features: Tensor, _ motion: ReferenceMotion) throws -> Tensor {
        let (height, width) = (features.height, features.width)
        let deformation = Grid(motion.deformation.tensor.resized(height: height, width: width))
        var x = features.sampled(at: deformation, alignCorners: configuration.alignCorners)
        if let occlusion = motion.occlusion?.resized(height: height, width: width) {
            x = Tensor(channels: x.channels, height: height, width: width) { x[$0, $1, $2] * occlusion[0, $1, $2] }
        }
        for block in network.bottleneck { x = try layers.resBlock(block, x) }
        for block in network.up { x = try layers.upBlock(block, x) }
        return try layers.convolution(network.final, x).sigmoid()
    }
}

/// A batch norm at inference, as `x * scale + shift`. PyTorch: `torch.nn.BatchNorm2d`.
struct BatchNorm: Sendable {
    let scale: [Float]
    let shift: [Float]
}

extension BatchNorm {
    init(_ description: BatchNormDescription, _ weights: some WeightSource) throws(WeightError) {
        let mean = try weights.values(of: description.mean)
        let bias = try weights.values(of: description.shift)
        let scale = zip(
            try weights.values(of: description.scale), try weights.values(of: description.variance)
        ).map { weight, variance in weight / (variance + BatchNormDescription.epsilon).squareRoot() }
        self.init(scale: scale, shift: bias.indices.map { bias[$0] - mean[$0] * scale[$0] })
    }
}

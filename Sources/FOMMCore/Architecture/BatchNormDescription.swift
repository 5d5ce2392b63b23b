/// A batch norm. PyTorch: `BatchNorm2d`.
public struct BatchNormDescription: Sendable {
    /// Of its tensors' names.
    public let path: String
    public let channels: Int

    /// What every batch norm of these networks adds to a variance.
    public static let epsilon: Float = 1e-5

    public var scale: TensorDescription { tensor("weight", .scale) }
    public var shift: TensorDescription { tensor("bias", .shift) }
    public var mean: TensorDescription { tensor("running_mean", .mean) }
    public var variance: TensorDescription { tensor("running_var", .variance) }

    var tensors: [TensorDescription] { [scale, shift, mean, variance] }

    private func tensor(_ name: String, _ role: TensorDescription.Role) -> TensorDescription {
        TensorDescription(name: "\(path).\(name)", shape: [channels], role: role)
    }

    /// Whether a tensor of this name counts training steps, which is no weight.
    public static func isCounter(_ name: String) -> Bool { name.hasSuffix(".num_batches_tracked") }
}

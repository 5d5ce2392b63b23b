/// A batch norm. PyTorch: `BatchNorm2d`.
package struct BatchNormDescription: Sendable {
    /// Of its tensors' names.
    package let path: String
    package let channels: Int

    /// What every batch norm of these networks adds to a variance.
    package static let epsilon: Float = 1e-5

    package var scale: TensorDescription { tensor("weight", .scale) }
    package var shift: TensorDescription { tensor("bias", .shift) }
    package var mean: TensorDescription { tensor("running_mean", .mean) }
    package var variance: TensorDescription { tensor("running_var", .variance) }

    var tensors: [TensorDescription] { [scale, shift, mean, variance] }

    private func tensor(_ name: String, _ role: TensorDescription.Role) -> TensorDescription {
        TensorDescription(name: "\(path).\(name)", shape: [channels], role: role)
    }

    /// Whether a tensor of this name counts training steps, which is no weight.
    package static func isCounter(_ name: String) -> Bool { name.hasSuffix(".num_batches_tracked") }
}

import CFOMMKernels

/// Per-channel `x * scale + shift` in the lane order of a tensor: a batch norm that no convolution could absorb.
struct ScaleShift: Sendable {
    let scale: FloatStorage
    let shift: FloatStorage

    init(_ norm: BatchNorm, channels: ChannelLayout) {
        scale = PackedWeights.spread(norm.scale, channels)
        shift = PackedWeights.spread(norm.shift, channels)
    }
}

import CFOMMKernels

/// How large the channels of a tensor become.
enum ChannelRanges {
    /// - Returns: `[blocks][16]`; valid until the scratch memory is used again.
    package static func find(in input: TensorView, _ workspace: Workspace) -> UnsafePointer<Float> {
        let count = input.shape.channels.blockCount * ChannelLayout.block
        return workspace.largest(count, items: input.shape.height, (workspace.kernels, input)) { work, row, ranges in
            let (kernels, input) = work
            kernels.channel_ranges!(
                input.base + row * input.shape.rowStride, input.shape.blockStride, input.shape.rowStride,
                Int32(input.shape.channels.blockCount), 1, Int32(input.shape.width), ranges)
        }
    }
}

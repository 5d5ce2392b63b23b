import CFOMMKernels

/// How large the channels of a tensor become.
enum ChannelRanges {
    /// - Returns: `[blocks][16]`; valid until the scratch memory is used again.
    static func find(in input: TensorView, _ workspace: Workspace) -> UnsafePointer<Float> {
        let count = input.shape.channels.blockCount * ChannelLayout.block
        return workspace.largest(count, items: input.shape.height, (workspace.kernels, input)) { work, row, ranges in
            let (kernels, input) = work
            let line = puppet_tensor(input).window(rows: row..<row + 1, columns: 0..<input.shape.width)
            kernels.channel_ranges!(line, ranges)
        }
    }
}

/// Records, over any number of pictures, how large the inputs of transformed convolutions become: what their 8-bit integers
/// have to hold. Belongs to the queue of its ``Workspace``.
final class RangeRecorder {
    private(set) var ranges = ActivationRanges()

    /// - Parameters:
    ///   - name: of the layer's weights.
    ///   - values: `[positions][blocks][16]`.
    func raise(_ name: String, to values: UnsafePointer<Float>, positions: Int, _ channels: ChannelLayout) {
        let (lanes, perPosition) = (channels.lanes, channels.blockCount * ChannelLayout.block)
        let found = (0..<positions).map { position in lanes.map { values[position * perPosition + $0] } }
        ranges = ranges.union(ActivationRanges(values: [name: found]))
    }
}

extension Workspace {
    /// Where ranges are recorded, those of what a direct convolution reads.
    ///
    /// - Parameter name: of the layer's weights; `nil` where nobody wants to know them.
    func recordRanges(of input: TensorView, as name: String?) {
        guard let name, let recorder else { return }
        precondition(input.integers == nil, "ranges of \(name), whose input has them already")
        recorder.raise(name, to: ChannelRanges.find(in: input, self), positions: 1, input.shape.channels)
    }
}

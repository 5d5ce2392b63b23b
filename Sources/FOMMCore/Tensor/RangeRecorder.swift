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

import CFOMMKernels

/// How the channels of a tensor lie in blocks of 16.
///
/// Every segment of a concatenation starts on a block of its own, so that joining tensors is a matter of where they are
/// written and copies nothing. Lanes past a segment's last channel hold 0.
struct ChannelLayout: Hashable, Sendable, CustomStringConvertible {
    static let block = Int(PUPPET_BLOCK)

    /// Channels per concatenated part, in order; each at least 1.
    let segments: [Int]

    init(_ segments: Int...) { self.segments = segments }

    init(_ segments: [Int]) { self.segments = segments }

    var channels: Int { segments.reduce(0, +) }
    var blockCount: Int { segments.reduce(0) { $0 + Self.blocks(for: $1) } }

    /// Channels in use per block, 1...16: what a convolution has to read.
    var channelsPerBlock: [Int32] {
        segments.flatMap { channels in
            stride(from: 0, to: channels, by: Self.block).map { Int32(min(Self.block, channels - $0)) }
        }
    }

    /// Per channel, its index among all lanes, `blockCount * 16` of them.
    var lanes: [Int] {
        var firstLane = 0
        return segments.flatMap { channels in
            defer { firstLane += Self.blocks(for: channels) * Self.block }
            return firstLane..<(firstLane + channels)
        }
    }

    /// Blocks of one segment.
    func blockRange(ofSegment index: Int) -> Range<Int> {
        let first = segments[..<index].reduce(0) { $0 + Self.blocks(for: $1) }
        return first..<(first + Self.blocks(for: segments[index]))
    }

    var description: String { segments.map(String.init).joined(separator: "+") }

    private static func blocks(for channels: Int) -> Int { (channels + block - 1) / block }
}

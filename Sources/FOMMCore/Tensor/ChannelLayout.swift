import CFOMMKernels

/// How the channels of a tensor lie in blocks of 16.
///
/// Every segment of a concatenation starts on a block of its own, so that joining tensors is a matter of where they are
/// written and copies nothing. Lanes past a segment's last channel hold 0. Everything is worked out by `init`: views are
/// made per layer and frame, and must not allocate.
struct ChannelLayout: Hashable, Sendable, CustomStringConvertible {
    static let block = Int(PUPPET_BLOCK)

    /// Channels per concatenated part, in order; each at least 1.
    let segments: [Int]
    let channels: Int
    let blockCount: Int
    /// Of each segment, where there are several.
    private let parts: [Part]

    private struct Part: Hashable, Sendable {
        let firstBlock: Int
        let layout: ChannelLayout
    }

    init(_ segments: Int...) { self.init(segments) }

    init(_ segments: [Int]) {
        self.segments = segments
        channels = segments.reduce(0, +)
        var parts: [Part] = []
        var blocks = 0
        for segment in segments {
            if segments.count > 1 { parts.append(Part(firstBlock: blocks, layout: ChannelLayout(segment))) }
            blocks += (segment + Self.block - 1) / Self.block
        }
        self.parts = parts
        blockCount = blocks
    }

    /// Channels in use per block, 1...16: what a convolution has to read.
    var channelsPerBlock: [Int32] {
        segments.flatMap { channels in
            stride(from: 0, to: channels, by: Self.block).map { Int32(min(Self.block, channels - $0)) }
        }
    }

    /// Per channel, its index among all lanes, `blockCount * 16` of them.
    var lanes: [Int] {
        segments.indices.flatMap { index in
            let (firstBlock, layout) = segment(index)
            return firstBlock * Self.block..<(firstBlock * Self.block + layout.channels)
        }
    }

    /// The layout of one segment, and the block it starts on.
    func segment(_ index: Int) -> (firstBlock: Int, layout: ChannelLayout) {
        guard segments.count > 1 else { return (0, self) }
        return (parts[index].firstBlock, parts[index].layout)
    }

    var description: String { segments.map(String.init).joined(separator: "+") }
}

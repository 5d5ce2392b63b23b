/// Where everything lies that a ``Generator`` computes for pictures of one size. Immutable; any queue.
struct PicturePlan: Sendable {
    let scale: PictureScale
    /// Rows and columns of the picture.
    let size: Int
    /// Of the encoded avatar: `[256, 64, 64]` for the published model at full size.
    let encodedShape: TensorShape
    /// What encoding an avatar needs, apart from the per-frame memory: it is gone once that is done.
    let encoderLayout: WorkspaceLayout
    let encoder: EncoderSlots

    let resizedDeformation: FloatSlot
    let resizedOcclusion: FloatSlot
    let warped: TensorSlot
    /// `relu(norm1(x))` of the bottleneck's blocks and what is between their convolutions. Where everything is computed,
    /// the first of each serves all blocks and stays in the cache.
    let activated: [TensorSlot]
    let inner: [TensorSlot]
    let decoded: [TensorSlot]
    let partials: TensorSlot
    let prediction: FloatSlot
    /// What else is there where only changes are computed; `nil` where layers cannot do that.
    let kept: KeptSlots?

    struct EncoderSlots: Sendable {
        let frame: TensorSlot
        let first: TensorSlot
        /// Convolutions before pooling.
        let full: [TensorSlot]
        /// After pooling, but for the last, which goes into the ``SourceContext``.
        let pooled: [TensorSlot]
    }

    struct KeptSlots: Sendable {
        /// The warped avatar that the picture before was made of.
        let warped: TensorSlot
        /// What the bottleneck made of it.
        let output: TensorSlot
        /// Per tile of the warped avatar.
        let changes: FloatSlot
        /// Likewise.
        let magnitudes: FloatSlot
    }
}

extension PicturePlan {
    /// Memory is reserved for every size there is, and taken from the system as it is first used.
    init(_ generator: Generator, _ scale: PictureScale, frameSize: Int, _ layout: inout WorkspaceLayout) {
        let blocks = max(1, generator.bottleneck.count)
        let size = scale.size(of: frameSize)
        let features = size >> generator.down.count
        let encodedShape = TensorShape(generator.featureChannels, height: features, width: features)
        self.scale = scale
        self.size = size
        self.encodedShape = encodedShape

        resizedDeformation = layout.reserve(floats: 2 * features * features)
        resizedOcclusion = layout.reserve(floats: features * features)
        warped = layout.reserve(encodedShape)
        activated = (0..<(generator.takesTiles ? blocks : 1)).map { _ in layout.reserve(encodedShape) }
        inner = (0..<(generator.takesTiles ? blocks : 1)).map { _ in layout.reserve(encodedShape) }
        decoded = generator.up.enumerated().map { index, block in
            let isLast = index == generator.up.count - 1
            let size = features << (index + 1)
            return layout.reserve(
                TensorShape(block.outputChannels, height: size, width: size, halo: isLast ? 3 : 1),
                integersOf: isLast ? generator.final.readsIntegersOf : nil)
        }
        partials = layout.reserve(generator.final.partialsShape(height: size, width: size))
        prediction = layout.reserve(floats: 3 * size * size)
        let tiles = features / TileList.side
        kept =
            generator.takesTiles
            ? KeptSlots(
                warped: layout.reserve(encodedShape), output: layout.reserve(encodedShape),
                changes: layout.reserve(floats: tiles * tiles), magnitudes: layout.reserve(floats: tiles * tiles))
            : nil

        var encoderLayout = WorkspaceLayout()
        encoder = EncoderSlots(
            frame: encoderLayout.reserve(TensorShape(ChannelLayout(3), height: size, width: size, halo: 3)),
            first: encoderLayout.reserve(TensorShape(generator.first.outputChannels, height: size, width: size)),
            full: generator.down.enumerated().map { index, block in
                encoderLayout.reserve(TensorShape(block.outputChannels, height: size >> index, width: size >> index))
            },
            pooled: generator.down.dropLast().enumerated().map { index, block in
                let size = size >> (index + 1)
                return encoderLayout.reserve(TensorShape(block.outputChannels, height: size, width: size))
            })
        self.encoderLayout = encoderLayout
    }

    /// Whether the generator's layers, chosen for full pictures, fit those of `scale` too.
    static func fits(_ generator: Generator, _ scale: PictureScale, frameSize: Int) -> Bool {
        scale == .full || scale.size(of: frameSize).isMultiple(of: TileList.side << generator.down.count)
    }
}

import CFOMMKernels

extension puppet_range {
    init(_ range: Range<Int>) { self.init(first: Int32(range.lowerBound), count: Int32(range.count)) }
}

extension puppet_tensor {
    /// All of a tensor, with `padding` rows and columns of its halo on every side.
    init(_ view: TensorView, padding: (rows: Int, columns: Int) = (0, 0)) {
        let shape = view.shape
        precondition(max(padding.rows, padding.columns) <= shape.halo, "a padding of \(padding) of \(shape)")
        self.init(
            data: view.base - shape.offset(of: padding),
            block_stride: shape.blockStride, row_stride: shape.rowStride, blocks: Int32(shape.channels.blockCount),
            height: Int32(shape.height + 2 * padding.rows), width: Int32(shape.width + 2 * padding.columns))
    }

    /// A part of it.
    func window(rows: Range<Int>, columns: Range<Int>) -> puppet_tensor {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= height && columns.lowerBound >= 0 && columns.upperBound <= width,
            "rows \(rows), columns \(columns) of \(height)x\(width)")
        var window = self
        window.data += rows.lowerBound * row_stride + columns.lowerBound * ChannelLayout.block
        (window.height, window.width) = (Int32(rows.count), Int32(columns.count))
        return window
    }
}

extension puppet_preactivation {
    /// - Parameter next: `nil` where nobody wants it.
    init(_ next: (activated: TensorView, norm: ScaleShift)?) {
        self.init(
            activated: next?.activated.base, scale: next?.norm.scale.pointer, shift: next?.norm.shift.pointer)
    }
}

extension puppet_weights {
    /// Those of one position of several.
    func at(_ position: Int, outputBlocks: Int) -> puppet_weights {
        let (vectors, block) = (position * outputBlocks, ChannelLayout.block)
        var weights = self
        weights.values += vectors * steps * block * (type == PUPPET_FLOAT16 ? 2 : 4)
        weights.unit = unit.map { $0 + vectors * block }
        weights.first_sum = first_sum.map { $0 + vectors * block }
        return weights
    }
}

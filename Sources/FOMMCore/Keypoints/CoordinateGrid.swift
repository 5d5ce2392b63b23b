import CFOMMKernels

/// Coordinates of the pixels of a line: the first at -1, the last at 1. `make_coordinate_grid`, `modules/util.py`.
func coordinateLine(_ count: Int) -> [Float] {
    (0..<count).map { index in count == 1 ? 0 : Float(2 * Double(index) / Double(count - 1) - 1) }
}

extension puppet_grid {
    /// As many rows as columns, with the coordinates of `line` in both directions; borrows its memory.
    init(square line: FloatStorage) {
        self.init(
            columns: line.pointer, rows: line.pointer, height: Int32(line.count), width: Int32(line.count))
    }
}

extension puppet_unnormalise {
    /// From coordinates to pixels of an image, as `grid_sample` reads them: with `alignCorners`, -1 and 1 are the centres
    /// of the first and the last pixel; without, their outer edges.
    init(height: Int, width: Int, alignCorners: Bool) {
        func line(_ count: Int) -> (scale: Float, offset: Float) {
            let last = Float(count - 1) / 2
            return alignCorners ? (last, last) : (Float(count) / 2, last)
        }
        let (x, y) = (line(width), line(height))
        self.init(scale_x: x.scale, offset_x: x.offset, scale_y: y.scale, offset_y: y.offset)
    }
}

/// For every pixel a point, x to the right and y down, the corners of the picture at -1 and 1: `[height, width, 2]`.
package struct Grid: Sendable {
    package let height: Int
    package let width: Int
    /// Row by row.
    package let points: [SIMD2<Float>]

    package init(height: Int, width: Int, _ points: [SIMD2<Float>]) {
        precondition(points.count == height * width, "\(points.count) points of \(height)x\(width)")
        self.height = height
        self.width = width
        self.points = points
    }

    /// Every pixel's own place. PyTorch: `make_coordinate_grid`, `modules/util.py`.
    package init(height: Int, width: Int) {
        func place(_ index: Int, _ count: Int) -> Float {
            count == 1 ? 0 : Float(2 * Double(index) / Double(count - 1) - 1)
        }
        let points = (0..<height * width).map { SIMD2(place($0 % width, width), place($0 / width, height)) }
        self.init(height: height, width: width, points)
    }

    package subscript(row: Int, column: Int) -> SIMD2<Float> { points[row * width + column] }

    /// The points as a picture of two channels.
    var tensor: Tensor {
        Tensor(channels: 2, height: height, width: width) { self[$1, $2][$0] }
    }

    init(_ tensor: Tensor) {
        let (area, values) = (tensor.height * tensor.width, tensor.values)
        self.init(
            height: tensor.height, width: tensor.width, (0..<area).map { SIMD2(values[$0], values[area + $0]) })
    }
}

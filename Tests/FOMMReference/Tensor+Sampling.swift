import Foundation

extension Tensor {
    /// What lies at each point of a grid: bilinear, zeros outside and where a point is not a number. PyTorch:
    /// `F.grid_sample`.
    ///
    /// - Parameter alignCorners: whether -1 and 1 are the centres of the outermost pixels, or their outer edges.
    package func sampled(at grid: Grid, alignCorners: Bool) -> Tensor {
        func pixel(_ coordinate: Float, _ count: Int) -> Double {
            alignCorners
                ? (Double(coordinate) + 1) / 2 * Double(count - 1)
                : ((Double(coordinate) + 1) * Double(count) - 1) / 2
        }
        return Tensor(channels: channels, height: grid.height, width: grid.width) { channel, row, column in
            let point = grid[row, column]
            let (x, y) = (pixel(point.x, width), pixel(point.y, height))
            guard x > -1, y > -1, x < Double(width), y < Double(height) else { return 0 }
            var sum = 0.0
            for row in [Int(floor(y)), Int(floor(y)) + 1] where (0..<height).contains(row) {
                for column in [Int(floor(x)), Int(floor(x)) + 1] where (0..<width).contains(column) {
                    let share = (1 - abs(x - Double(column))) * (1 - abs(y - Double(row)))
                    sum += share * Double(self[channel, row, column])
                }
            }
            return Float(sum)
        }
    }

    /// Another size: bilinear between pixels' centres, the outermost pixels go on outside. PyTorch:
    /// `F.interpolate(mode="bilinear")`, with its default of `align_corners=False`.
    package func resized(height: Int, width: Int) -> Tensor {
        /// The pixel at or before a place, the one after it, and the share of that.
        func place(_ index: Int, _ count: Int, of small: Int) -> (Int, Int, Double) {
            let centre = max((Double(index) + 0.5) * Double(small) / Double(count) - 0.5, 0)
            let first = min(Int(centre), small - 1)
            return (first, min(first + 1, small - 1), centre - Double(first))
        }
        return Tensor(channels: channels, height: height, width: width) { channel, row, column in
            let (upper, lower, down) = place(row, height, of: self.height)
            let (left, right, across) = place(column, width, of: self.width)
            func line(_ row: Int) -> Double {
                Double(self[channel, row, left]) * (1 - across) + Double(self[channel, row, right]) * across
            }
            return Float(line(upper) * (1 - down) + line(lower) * down)
        }
    }
}

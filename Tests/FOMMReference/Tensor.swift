/// A picture of any number of channels, planar: `[channels, height, width]`, float32.
package struct Tensor: Sendable, Equatable {
    package let channels: Int
    package let height: Int
    package let width: Int
    package var values: [Float]

    package init(channels: Int, height: Int, width: Int, _ values: [Float]) {
        precondition(
            values.count == channels * height * width, "\(values.count) values of \(channels)x\(height)x\(width)")
        self.channels = channels
        self.height = height
        self.width = width
        self.values = values
    }

    /// - Parameter value: of a channel, a row and a column.
    package init(channels: Int, height: Int, width: Int, _ value: (Int, Int, Int) -> Float) {
        var values: [Float] = []
        values.reserveCapacity(channels * height * width)
        for channel in 0..<channels {
            for row in 0..<height {
                for column in 0..<width { values.append(value(channel, row, column)) }
            }
        }
        self.init(channels: channels, height: height, width: width, values)
    }

    package subscript(channel: Int, row: Int, column: Int) -> Float {
        values[(channel * height + row) * width + column]
    }

    /// A channel by itself.
    func channel(_ index: Int) -> Tensor {
        let area = height * width
        return Tensor(channels: 1, height: height, width: width, Array(values[index * area..<(index + 1) * area]))
    }

    /// The channels of several pictures of one size, one after another.
    static func joining(_ tensors: [Tensor]) -> Tensor {
        Tensor(
            channels: tensors.reduce(0) { $0 + $1.channels }, height: tensors[0].height, width: tensors[0].width,
            tensors.flatMap(\.values))
    }
}

import Foundation

/// What layers are made of. Sums are float64, so that a comparison tells the rounding of what is compared alone.
extension Tensor {
    /// Zeros around the picture, then the sum of products at every place of the kernel. PyTorch: `F.conv2d`.
    ///
    /// - Parameters:
    ///   - weights: `[outputs, channels, kernelSize, kernelSize]`.
    ///   - bias: `[outputs]`.
    ///   - padding: zeros on each side; `nil` for as many as keep the size.
    package func convolved(
        _ weights: [Float], _ bias: [Float], kernelSize: Int, padding: Int? = nil
    ) -> Tensor {
        let padding = padding ?? kernelSize / 2
        let (rows, columns) = (height + 2 * padding - kernelSize + 1, width + 2 * padding - kernelSize + 1)
        /// Results of a line for which a row or column of the kernel reads inside the picture.
        func inside(_ tap: Int, _ results: Int, of size: Int) -> Range<Int> {
            let first = max(0, padding - tap)
            return first..<max(first, min(results, size + padding - tap))
        }
        var result: [Float] = []
        for (output, bias) in bias.enumerated() {
            var sums = [Double](repeating: Double(bias), count: rows * columns)
            for channel in 0..<channels {
                for y in 0..<kernelSize {
                    for x in 0..<kernelSize {
                        let tap = ((output * channels + channel) * kernelSize + y) * kernelSize + x
                        let weight = Double(weights[tap])
                        for row in inside(y, rows, of: height) {
                            let from = (channel * height + row + y - padding) * width + x - padding
                            for column in inside(x, columns, of: width) {
                                sums[row * columns + column] += weight * Double(values[from + column])
                            }
                        }
                    }
                }
            }
            for sum in sums { result.append(Float(sum)) }
        }
        return Tensor(channels: bias.count, height: rows, width: columns, result)
    }

    /// PyTorch: `F.relu`.
    package func rectified() -> Tensor { mapped { max($0, 0) } }

    /// PyTorch: `torch.sigmoid`.
    package func sigmoid() -> Tensor { mapped { Float(1 / (1 + exp(-Double($0)))) } }

    /// The mean of every 2x2 pixels. PyTorch: `AvgPool2d(2)`.
    package func pooled() -> Tensor {
        Tensor(channels: channels, height: height / 2, width: width / 2) { channel, row, column in
            (self[channel, 2 * row, 2 * column] + self[channel, 2 * row, 2 * column + 1]
                + self[channel, 2 * row + 1, 2 * column] + self[channel, 2 * row + 1, 2 * column + 1]) / 4
        }
    }

    /// Every pixel as 2x2 pixels. PyTorch: `F.interpolate(scale_factor=2)`.
    package func upsampled() -> Tensor {
        Tensor(channels: channels, height: 2 * height, width: 2 * width) { self[$0, $1 / 2, $2 / 2] }
    }

    /// Each channel times its number, plus another.
    package func scaled(by scale: [Float], plus shift: [Float]) -> Tensor {
        Tensor(channels: channels, height: height, width: width) { self[$0, $1, $2] * scale[$0] + shift[$0] }
    }

    /// The sum with a picture of the same shape.
    package static func + (one: Tensor, other: Tensor) -> Tensor {
        Tensor(channels: one.channels, height: one.height, width: one.width) {
            one[$0, $1, $2] + other[$0, $1, $2]
        }
    }

    /// Each channel convolved with the same kernel of odd size, zeros around the picture; then every `step`-th pixel.
    ///
    /// - Parameter kernel: `[taps, taps]`.
    package func reduced(by step: Int, _ kernel: [Float], taps: Int) -> Tensor {
        let blurred = Tensor.joining(
            (0..<channels).map { channel($0).convolved(kernel, [0], kernelSize: taps) })
        return Tensor(
            channels: channels, height: (height + step - 1) / step, width: (width + step - 1) / step
        ) { blurred[$0, $1 * step, $2 * step] }
    }

    /// The softmax over the pixels of each channel, of the values times `factor`.
    package func softmaxOverPixels(times factor: Float) -> Tensor {
        let area = height * width
        return Tensor(
            channels: channels, height: height, width: width,
            (0..<channels).flatMap { softmax(Array(values[$0 * area..<($0 + 1) * area]), times: Double(factor)) })
    }

    /// The softmax over the channels of each pixel.
    package func softmaxOverChannels() -> Tensor {
        let area = height * width
        var result = self
        for pixel in 0..<area {
            for (channel, share) in softmax((0..<channels).map { values[$0 * area + pixel] }).enumerated() {
                result.values[channel * area + pixel] = share
            }
        }
        return result
    }

    private func mapped(_ transform: (Float) -> Float) -> Tensor {
        Tensor(channels: channels, height: height, width: width, values.map(transform))
    }
}

/// Positive numbers that sum to 1.
private func softmax(_ logits: [Float], times factor: Double = 1) -> [Float] {
    let largest = Double(logits.max() ?? 0)
    let powers = logits.map { exp((Double($0) - largest) * factor) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
}

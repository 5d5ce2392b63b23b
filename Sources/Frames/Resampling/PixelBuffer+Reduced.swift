extension PixelBuffer {
    /// The picture with one pixel for each `factor` x `factor` of it, their mean. What is left over at the right and
    /// lower edges is cut off.
    ///
    /// - Parameter factor: from 1, which gives this picture itself, to the shorter side.
    public func reduced(by factor: Int) -> PixelBuffer {
        guard factor > 1 else { return self }
        let small = FrameSize(width: size.width / factor, height: size.height / factor)
        let (stride, count) = (3 * size.width, factor * factor)
        return PixelBuffer(size: small) { output in
            withBytes { bytes in
                var sums = [Int](repeating: 0, count: 3 * small.width)
                for y in 0..<small.height {
                    for index in sums.indices { sums[index] = 0 }
                    for row in factor * y..<factor * (y + 1) {
                        for x in 0..<small.width * factor {
                            let (pixel, sum) = (row * stride + 3 * x, 3 * (x / factor))
                            for channel in 0..<3 { sums[sum + channel] += Int(bytes[pixel + channel]) }
                        }
                    }
                    for index in sums.indices {
                        output[3 * small.width * y + index] = UInt8((sums[index] + count / 2) / count)
                    }
                }
            }
        }
    }
}

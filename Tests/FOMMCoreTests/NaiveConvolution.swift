
/// Zero padding, float64 sums. - Returns: `[outputs, height, width]`.
func naiveConvolution(
    _ input: [Float], inputs: Int, height: Int, width: Int, _ weights: [Float], _ bias: [Float], outputs: Int,
    kernel: Int
) -> [Float] {
    let pad = kernel / 2
    return (0..<outputs * height * width).map { index in
        let (output, pixel) = index.quotientAndRemainder(dividingBy: height * width)
        let (row, column) = pixel.quotientAndRemainder(dividingBy: width)
        var sum = Double(bias[output])
        for channel in 0..<inputs {
            for ky in max(0, pad - row)..<min(kernel, height + pad - row) {
                for kx in max(0, pad - column)..<min(kernel, width + pad - column) {
                    let value = input[(channel * height + row + ky - pad) * width + column + kx - pad]
                    sum +=
                        Double(value)
                        * Double(weights[((output * inputs + channel) * kernel + ky) * kernel + kx])
                }
            }
        }
        return Float(sum)
    }
}

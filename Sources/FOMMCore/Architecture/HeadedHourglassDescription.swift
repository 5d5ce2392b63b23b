/// A blur, an hourglass, and heads of 7x7 that read its output: detector and dense motion network are both that.
public struct HeadedHourglassDescription: Sendable {
    /// Of the frame's rows and columns, before the hourglass: every n-th is left; 1 for all.
    public let reduction: Int
    /// What the frame is convolved with before that. PyTorch: `AntiAliasInterpolation2d`.
    public let blur: TensorDescription?
    public let hourglass: HourglassDescription
    /// At least one, in the order in which the engine joins them.
    public let heads: [ConvolutionDescription]

    /// - Parameter heads: outputs by path; those without outputs are left out.
    init(
        blur: String, hourglass path: String, inputs: Int, _ widths: ModelArchitecture.HourglassWidths,
        heads: KeyValuePairs<String, Int>
    ) {
        let hourglass = HourglassDescription(path, inputs: inputs, widths)
        let taps = 4 * (widths.reduction - 1) + 1
        reduction = widths.reduction
        self.blur =
            reduction > 1 ? TensorDescription(name: blur + ".weight", shape: [3, 1, taps, taps], role: .blur) : nil
        self.hourglass = hourglass
        self.heads = heads.filter { $0.value > 0 }.map { path, outputs in
            ConvolutionDescription(path: path, inputs: hourglass.outputs, outputs: outputs, kernelSize: 7)
        }
    }

    var tensors: [TensorDescription] {
        (blur.map { [$0] } ?? []) + hourglass.tensors + heads.flatMap(\.tensors)
    }

    /// - Parameters:
    ///   - side: rows and columns of the frame.
    ///   - headPadding: pixels on each side of what the heads read; 3 keep the size.
    func multiplyAdds(side: Double, headPadding: Int = 3) -> Double {
        let side = (side / Double(reduction)).rounded(.up)
        return heads.reduce(hourglass.multiplyAdds(side: side)) {
            $0 + $1.multiplyAdds(side: side + Double(2 * headPadding - 6))
        }
    }
}

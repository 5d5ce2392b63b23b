/// Encoder and decoder with skips; the last skip is the input itself. PyTorch: `Hourglass`.
public struct HourglassDescription: Sendable {
    public let path: String
    /// From the widest image to the narrowest.
    public let down: [BlockDescription]
    /// From the narrowest image to the widest; each but the first reads the one before it and, concatenated, the skip.
    public let up: [BlockDescription]
    /// Channels of the output's parts: the decoder's, then the input's.
    public let outputs: [Int]

    init(_ path: String, inputs: Int, _ widths: ModelArchitecture.HourglassWidths) {
        let skips = [inputs] + widths.encoder
        self.path = path
        down = zip(skips, widths.encoder).enumerated().map { level, channels in
            BlockDescription(
                PartName.encoder(of: path) + "\(level)", inputs: [channels.0], outputs: channels.1)
        }
        up = zip(skips.dropFirst().reversed(), widths.decoder).enumerated().map { index, channels in
            BlockDescription(
                PartName.decoder(of: path) + "\(index)",
                inputs: (index == 0 ? [] : [widths.decoder[index - 1]]) + [channels.0], outputs: channels.1)
        }
        outputs = widths.decoder.suffix(1) + [inputs]
    }

    var tensors: [TensorDescription] { (down + up).flatMap(\.tensors) }

    /// - Parameter side: rows and columns of the input and the output.
    func multiplyAdds(side: Double) -> Double {
        var sides = [side]
        while sides.count < down.count { sides.append((sides[sides.count - 1] / 2).rounded(.up)) }
        return zip(down + up.reversed(), sides + sides).reduce(0) { sum, next in
            sum + next.0.convolution.multiplyAdds(side: next.1)
        }
    }
}

import CFOMMKernels
import Dispatch

/// What 8-bit integers gain over float32 on this computer.
///
/// It is measured, because it depends on instructions, caches and clocks: what pays on one CPU does not on another that has the
/// same instructions.
public enum Int8Gain {
    /// How many times as fast they are at what a generator computes most, a 3x3 convolution of its bottleneck: the fastest of
    /// several turns each, on one thread. Takes at most 0.2 s. Any queue.
    ///
    /// - Parameters:
    ///   - instructionSet: with ``InstructionSet/hasInt8``.
    ///   - channels: of the bottleneck, 1 or more.
    public static func measured(_ instructionSet: InstructionSet, channels: Int) -> Double {
        let count = min(channels, mostChannels)
        let channels = ChannelLayout(count)
        var space = WorkspaceLayout()
        let shape = TensorShape(channels, height: 16, width: 64, halo: 1)
        let (input, output) = (space.reserve(shape), space.reserve(shape))
        let workspace = Workspace(space, threads: 1, instructionSet: instructionSet)
        func layer(_ quantisation: Quantisation?) -> WinogradConv2d {
            WinogradConv2d(
                ConvolutionWeights(
                    weights: [Float](repeating: 0.01, count: 9 * count * count),
                    bias: [Float](repeating: 0, count: count), outputs: count, inputs: count, kernelSize: 3),
                from: channels, to: channels, quantisation: quantisation,
                format: instructionSet.int8Format)
        }
        let ranges = [Float](repeating: 1, count: WinogradConv2d.inputPositions(.plain) * count)
        let layers = [layer(nil), layer(Quantisation(ranges: ranges))]
        var fastest = [Double.infinity, Double.infinity]
        let deadline = DispatchTime.now() + .milliseconds(100)
        for turn in 0..<20 where turn < 4 || DispatchTime.now() < deadline {
            for (index, layer) in layers.enumerated() {
                let start = DispatchTime.now().uptimeNanoseconds
                layer(workspace[input], into: workspace[output], epilogue: .init(), in: workspace)
                fastest[index] = min(fastest[index], Double(DispatchTime.now().uptimeNanoseconds - start))
            }
        }
        return fastest[0] / fastest[1]
    }

    /// Wider layers gain as much, and take longer to prepare.
    private static let mostChannels = 256
}

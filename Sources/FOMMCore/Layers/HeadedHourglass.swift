/// A picture reduced to the resolution at which motion is estimated, an hourglass, and heads of 7x7 as one convolution.
struct HeadedHourglass: Sendable {
    /// Rows and columns of what the hourglass reads: 64 for a 256 px model.
    let size: Int
    /// Of the heads' output: those of one head after those of another.
    let logitsShape: TensorShape
    private let down: AntiAliasInterpolation2d?
    private let hourglass: Hourglass
    private let heads: SquareConv2d
    private let padding: Int
    private let logits: TensorSlot

    /// - Parameters:
    ///   - frameSize: of frames. Larger ones than the network was trained on are reduced more, to the same size: it knows
    ///     no larger faces.
    ///   - padding: of the heads' input, in pixels on each side; 3 keep the size.
    ///   - exactAtEnd, transformsIntegers: as for ``Hourglass``.
    /// - Throws: ``WeightError`` `.wrongFrameSize` where the frame cannot be reduced or halved so often; what reading throws.
    init(
        _ description: HeadedHourglassDescription, _ reader: WeightReader, _ configuration: ModelConfiguration,
        frameSize: Int, padding: Int, exactAtEnd: Int, transformsIntegers: Bool, _ layout: inout WorkspaceLayout
    ) throws(WeightError) {
        let trained = (configuration.frameSize ?? FOMMModel.defaultFrameSize) / description.reduction
        let isLarger = frameSize > trained * description.reduction
        let unit = isLarger ? trained : description.reduction
        guard frameSize.isMultiple(of: unit) else {
            throw WeightError(
                .wrongFrameSize, file: reader.file, "a frame of \(frameSize) pixels is not a multiple of \(unit)")
        }
        let step = isLarger ? frameSize / trained : description.reduction
        size = frameSize / step
        let side = size + 2 * padding - 6
        guard side > 0 else {
            throw WeightError(
                .wrongFrameSize, file: reader.file, "a frame of \(frameSize) pixels is too small for this model")
        }
        down = try AntiAliasInterpolation2d(description, step: step, reader.weights)
        hourglass = try Hourglass(
            description.hourglass, reader, size: size, halo: padding, exactAtEnd: exactAtEnd,
            transformsIntegers: transformsIntegers, &layout)
        var weights = try ConvolutionWeights(description.heads[0], reader)
        for head in description.heads.dropFirst() {
            weights = weights.appending(try ConvolutionWeights(head, reader))
        }
        heads = SquareConv2d(
            weights, from: hourglass.outputChannels, to: ChannelLayout(weights.outputs), for: reader.instructionSet)
        self.padding = padding
        logitsShape = TensorShape(heads.outputChannels, height: side, width: side, halo: 0)
        logits = layout.reserve(logitsShape)
    }

    /// - Input: `[3, frameSize, frameSize]`. Output: `[3, size, size]`.
    func reduce(_ frame: TensorView, into small: TensorView, in workspace: Workspace) {
        if let down {
            down(frame, into: small, in: workspace)
        } else {
            small.copyPixels(of: frame)
        }
    }

    /// Where the caller writes the hourglass's input.
    func input(in workspace: Workspace) -> TensorView { hourglass.input(in: workspace) }

    /// Of ``input(in:)``. - Returns: the heads' output, valid until the next run.
    func callAsFunction(in workspace: Workspace) -> TensorView {
        hourglass(in: workspace)
        let logits = workspace[logits]
        heads(hourglass.output(in: workspace), into: logits, padding: padding, in: workspace)
        return logits
    }
}

/// Resizes whole pictures of one size so that they fit into a larger one, and puts them in its middle. `Resampler` says
/// how. One queue owns a value.
public final class PictureFit {
    /// Of what is put in.
    public let input: FrameSize
    /// Where it lies in the whole.
    public let place: FramePlace
    private let whole: FrameSize
    private let resampler: Resampler

    /// - Parameters:
    ///   - input: of every picture.
    ///   - whole: of what they are put into.
    public init(from input: FrameSize, into whole: FrameSize) {
        self.input = input
        self.whole = whole
        place = FramePlace(of: input, in: whole)
        resampler = Resampler(
            columns: SourceInterval(from: 0, length: input.width, shown: input.width, as: input.width),
            rows: SourceInterval(from: 0, length: input.height, shown: input.height, as: input.height),
            to: place.size)
    }

    /// Leaves what is around the picture as it is.
    ///
    /// - Parameter target: `3 * whole.pixelCount` bytes, interleaved RGB.
    public func callAsFunction(_ pixels: PixelBuffer, into target: UnsafeMutableRawBufferPointer) {
        precondition(pixels.size == input, "PictureFit from \(input): got \(pixels.size)")
        precondition(target.count == 3 * whole.pixelCount, "PictureFit into \(whole): \(target.count) bytes")
        let start = 3 * (place.y * whole.width + place.x)
        resampler(
            pixels, into: UnsafeMutableRawBufferPointer(rebasing: target[start...]), rowBytes: 3 * whole.width)
    }
}

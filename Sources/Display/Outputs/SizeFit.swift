import Frames

/// Makes every picture as large as those of a recording: what has another size is put in the middle of black. Belongs to
/// one queue.
struct SizeFit {
    private let size: FrameSize
    private let pool: FramePool
    private var fit: PictureFit?

    init(_ size: FrameSize) {
        self.size = size
        // Only a recording that gets a picture of another size needs memory for it.
        pool = FramePool(size: size, capacity: 0)
    }

    /// - Returns: the frame itself where it has the size.
    mutating func callAsFunction(_ frame: Frame) -> Frame {
        guard frame.size != size else { return frame }
        let fit = fit(for: frame.size)
        return pool.makeFrame(sequence: frame.sequence, captured: frame.captured) {
            $0.initializeMemory(as: UInt8.self, repeating: 0)
            fit(frame.pixels, into: $0)
        }
    }

    private mutating func fit(for size: FrameSize) -> PictureFit {
        if let fit, fit.input == size { return fit }
        let made = PictureFit(from: size, into: self.size)
        fit = made
        return made
    }
}

import Synchronization
import System

/// Memory of one picture, `3 * width * height` bytes.
///
/// `@unchecked Sendable` holds because bytes are written only by the initialisers below and by ``FramePool`` while it
/// holds the sole reference; whoever receives a ``Frame`` can only read.
public final class PixelBuffer: @unchecked Sendable {
    public let size: FrameSize
    private let storage: UnsafeMutableRawBufferPointer

    /// - Parameter fill: writes every byte of the picture before it returns.
    public convenience init<Failure: Error>(
        size: FrameSize, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        self.init(uninitialised: size)
        try fill(storage)
    }

    init(uninitialised size: FrameSize) {
        self.size = size
        storage = .allocate(byteCount: size.pixelCount * 3, alignment: 64)
    }

    deinit { storage.deallocate() }

    /// Row `y` starts at byte `3 * width * y`; each pixel is R, G, B.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    func overwrite<Failure: Error>(
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try fill(storage)
    }
}

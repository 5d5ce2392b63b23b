import Synchronization
import System

/// One picture: 8-bit RGB, interleaved, rows contiguous, top row first. Immutable once made; copies share the pixels.
///
/// Its pixels may show less than its source has, a part of the picture or fewer pixels of it: ``part`` says which, and
/// ``size`` how many pixels that has become.
package struct Frame: Sendable {
    package let pixels: PixelBuffer
    /// Position in its source, from 0.
    package let sequence: Int
    /// When the picture was captured; for a file, when it was read or was due.
    package let captured: MonotonicTime
    /// What the pixels show.
    package let part: FramePart

    /// - Parameter part: what the pixels show; `nil` for all of a picture that has their size.
    package init(pixels: PixelBuffer, sequence: Int, captured: MonotonicTime, part: FramePart? = nil) {
        self.pixels = pixels
        self.sequence = sequence
        self.captured = captured
        self.part = part ?? FramePart(of: pixels.size)
    }

    /// Of the pixels.
    package var size: FrameSize { pixels.size }
    /// Of the source's whole picture.
    package var sourceSize: FrameSize { part.sourceSize }

    /// The same picture at another place in time: how a pacer stamps a file's frames as they come due.
    package func stamped(sequence: Int, captured: MonotonicTime) -> Frame {
        Frame(pixels: pixels, sequence: sequence, captured: captured, part: part)
    }
}

/// Memory of one picture, `3 * width * height` bytes.
///
/// `@unchecked Sendable` holds because bytes are written only by the initialisers below and by ``FramePool`` while it
/// holds the sole reference; whoever receives a ``Frame`` can only read.
package final class PixelBuffer: @unchecked Sendable {
    package let size: FrameSize
    private let storage: UnsafeMutableRawBufferPointer

    /// - Parameter fill: writes every byte of the picture before it returns.
    package convenience init<Failure: Error>(
        size: FrameSize, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        self.init(uninitialised: size)
        try fill(storage)
    }

    fileprivate init(uninitialised size: FrameSize) {
        self.size = size
        storage = .allocate(byteCount: size.pixelCount * 3, alignment: 64)
    }

    deinit { storage.deallocate() }

    /// Row `y` starts at byte `3 * width * y`; each pixel is R, G, B.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    fileprivate func overwrite<Failure: Error>(
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try fill(storage)
    }
}

/// Recycles picture memory, so that a running pipeline does not allocate.
///
/// A buffer is free again when the last ``Frame`` that shows it has gone. Any queue may call it; the list of buffers is
/// guarded by the pool's lock, which is not held while a picture is filled.
package final class FramePool: Sendable {
    /// Of every picture.
    package let size: FrameSize
    private let buffers: Mutex<[PixelBuffer]>

    /// - Parameter capacity: buffers made up front; a pool that runs out grows by one and keeps it.
    package init(size: FrameSize, capacity: Int) {
        self.size = size
        buffers = Mutex((0..<capacity).map { _ in PixelBuffer(uninitialised: size) })
    }

    /// - Parameters:
    ///   - part: what the pixels show; `nil` for all of a picture that has their size.
    ///   - fill: writes every byte of the picture before it returns.
    package func makeFrame<Failure: Error>(
        sequence: Int, captured: MonotonicTime, part: FramePart? = nil,
        fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> Frame {
        let buffer = claim()
        defer { giveBack(buffer) }
        try buffer.overwrite(fill)
        return Frame(pixels: buffer, sequence: sequence, captured: captured, part: part)
    }

    /// A claimed buffer leaves the list, so nobody else can find it while it is being filled.
    private func claim() -> PixelBuffer {
        buffers.withLock { buffers in
            for index in buffers.indices where isKnownUniquelyReferenced(&buffers[index]) {
                return buffers.remove(at: index)
            }
            return PixelBuffer(uninitialised: size)
        }
    }

    private func giveBack(_ buffer: PixelBuffer) {
        buffers.withLock { $0.append(buffer) }
    }
}

import Synchronization
import System

/// Recycles picture memory, so that a running pipeline does not allocate.
///
/// A buffer is free again when the last ``Frame`` that shows it has gone. Any queue may call it; the list of buffers is
/// guarded by the pool's lock, which is not held while a picture is filled.
public final class FramePool: Sendable {
    /// Of every picture.
    public let size: FrameSize
    private let buffers: Mutex<[PixelBuffer]>

    /// - Parameter capacity: buffers made up front; a pool that runs out grows by one and keeps it.
    public init(size: FrameSize, capacity: Int) {
        self.size = size
        buffers = Mutex((0..<capacity).map { _ in PixelBuffer(uninitialised: size) })
    }

    /// - Parameters:
    ///   - part: what the pixels show; `nil` for all of a picture that has their size.
    ///   - fill: writes every byte of the picture before it returns.
    public func makeFrame<Failure: Error>(
        sequence: Int, captured: MonotonicTime, part: FramePart? = nil,
        fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> Frame {
        let buffer = claim()
        defer { buffers.withLock { $0.append(buffer) } }
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
}

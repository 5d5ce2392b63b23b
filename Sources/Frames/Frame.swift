import Synchronization
import System

/// One picture: 8-bit RGB, interleaved, rows contiguous, top row first. Immutable once made; copies share the pixels.
///
/// Its pixels may show less than its source has, a part of the picture or fewer pixels of it: ``part`` says which, and
/// ``size`` how many pixels that has become.
public struct Frame: Sendable {
    public let pixels: PixelBuffer
    /// Position in its source, from 0.
    public let sequence: Int
    /// When the picture was captured; for a file, when it was read or was due.
    public let captured: MonotonicTime
    /// What the pixels show.
    public let part: FramePart

    /// - Parameter part: what the pixels show; `nil` for all of a picture that has their size.
    public init(pixels: PixelBuffer, sequence: Int, captured: MonotonicTime, part: FramePart? = nil) {
        self.pixels = pixels
        self.sequence = sequence
        self.captured = captured
        self.part = part ?? FramePart(of: pixels.size)
    }

    /// Of the pixels.
    public var size: FrameSize { pixels.size }
    /// Of the source's whole picture.
    public var sourceSize: FrameSize { part.sourceSize }

    /// The same picture at another place in time: how a pacer stamps a file's frames as they come due.
    public func stamped(sequence: Int, captured: MonotonicTime) -> Frame {
        Frame(pixels: pixels, sequence: sequence, captured: captured, part: part)
    }
}

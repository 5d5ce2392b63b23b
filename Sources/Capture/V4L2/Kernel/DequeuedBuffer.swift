import CV4L2
import System
import SystemPackage

/// A buffer the driver has lent us; re-queued exactly once, on every path, when this value ends.
struct DequeuedBuffer: ~Copyable {
    let index: UInt32
    /// What the driver has filled; valid until `deinit`.
    let bytes: UnsafeRawBufferPointer
    /// The driver says that the picture is damaged, or more of it than there is memory.
    let isDamaged: Bool
    /// When the driver saw the frame; `nil` if by another clock than ours.
    let captured: MonotonicTime?
    /// Counts the camera's frames, with those that nobody fetched.
    let sequence: UInt32
    private let ring: V4L2BufferRing

    init(_ answer: v4l2_buffer, memory: UnsafeRawBufferPointer, ring: V4L2BufferRing) {
        index = answer.index
        bytes = UnsafeRawBufferPointer(rebasing: memory.prefix(Int(answer.bytesused)))
        isDamaged = answer.flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0 || Int(answer.bytesused) > memory.count
        let clock = answer.flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK)
        let (seconds, microseconds) = (answer.timestamp.tv_sec, answer.timestamp.tv_usec)
        captured =
            clock == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) && seconds >= 0 && (0..<1_000_000).contains(microseconds)
            ? MonotonicTime(nanoseconds: UInt64(seconds) &* 1_000_000_000 &+ UInt64(microseconds) &* 1000) : nil
        sequence = answer.sequence
        self.ring = ring
    }

    deinit { ring.requeue(index) }
}

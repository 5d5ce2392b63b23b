import Glibc

/// An instant of `CLOCK_MONOTONIC`, the clock that V4L2 drivers stamp frames with, in nanoseconds.
public struct MonotonicTime: Hashable, Comparable, Sendable {
    public let nanoseconds: UInt64

    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    public static var now: MonotonicTime { MonotonicTime(nanoseconds: nanoseconds(of: CLOCK_MONOTONIC)) }

    /// What a clock of the kernel's says.
    public static func nanoseconds(of clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// What the process has used of all processors so far, in nanoseconds.
    public static var processorNanoseconds: UInt64 { nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    public func advanced(byNanoseconds nanoseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: self.nanoseconds + nanoseconds)
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is the later one.
    public func milliseconds(since earlier: MonotonicTime) -> Double {
        Double(Int64(bitPattern: nanoseconds &- earlier.nanoseconds)) / 1e6
    }
}

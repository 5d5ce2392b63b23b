import CV4L2
import Glibc
import System

/// What a loopback camera asks of the kernel; tests play it. Calls fail as in C: a negative result, and `errno`.
package struct LoopbackSystem: Sendable {
    /// Opens a device for reading and writing, without ever waiting for it.
    package var open: @Sendable (_ path: String) -> CInt
    package var ioctl: @Sendable (_ descriptor: CInt, _ request: UInt, _ argument: UnsafeMutableRawPointer) -> CInt
    package var write: @Sendable (_ descriptor: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int
    package var close: @Sendable (_ descriptor: CInt) -> Void
    package var now: @Sendable () -> MonotonicTime
    /// Other programs that have the device open, as "name (process number)"; those that may not be looked into are
    /// left out.
    package var holders: @Sendable (_ path: String) -> [String]

    /// The kernel itself.
    package static let live = LoopbackSystem(
        open: { Glibc.open($0, O_RDWR | O_NONBLOCK | O_CLOEXEC) },
        ioctl: { puppet_kernel_ioctl($0, $1, $2) },
        write: { Glibc.write($0, $1, $2) },
        close: { _ = Glibc.close($0) },
        now: { .now },
        holders: { path in
            DeviceUsers().of(path).filter { $0.process != getpid() }.map(\.description)
        })
}

import CV4L2
import Glibc
import System

/// The system calls that a camera takes, so that a test can play the kernel.
///
/// Results are the kernel's own: a negative one is an `errno`, negated, so there is no `errno` to lose on the way.
struct V4L2System {
    /// Opens a device for reading and writing, without blocking; returns a descriptor.
    var open: (_ path: String) -> CInt
    /// From here on libv4l converts what comes from this descriptor.
    var convert: (_ descriptor: CInt) -> CInt
    var ioctl: (_ descriptor: CInt, _ request: UInt, _ argument: UnsafeMutableRawPointer) -> CInt
    /// Shared memory of the driver, readable and writable; `nil` on failure.
    var mmap: (_ descriptor: CInt, _ length: Int, _ offset: Int) -> UnsafeMutableRawPointer?
    var munmap: (_ memory: UnsafeMutableRawPointer, _ length: Int) -> Void
    /// Waits for input; returns `POLLIN`, `POLLERR` and the like, 0 when the time is over or the wait was interrupted.
    var poll: (_ descriptor: CInt, _ milliseconds: CInt, Interrupter) -> CInt
    var close: (_ descriptor: CInt) -> Void
    var clock: () -> MonotonicTime

    static var live: V4L2System {
        func kernel(_ result: CInt) -> CInt { result < 0 ? -errno : result }
        return V4L2System(
            open: { kernel(puppet_v4l2_open($0)) },
            convert: { kernel(puppet_v4l2_convert($0)) },
            ioctl: { kernel(puppet_v4l2_ioctl($0, $1, $2)) },
            mmap: { puppet_v4l2_mmap($0, $1, Int64($2)) },
            munmap: { _ = v4l2_munmap($0, $1) },
            poll: { descriptor, milliseconds, interrupter in
                var requests = (
                    pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: interrupter.descriptor, events: Int16(POLLIN), revents: 0)
                )
                let result = withUnsafeMutableBytes(of: &requests) {
                    kernel(Glibc.poll($0.bindMemory(to: pollfd.self).baseAddress, 2, milliseconds))
                }
                return result > 0 ? CInt(requests.0.revents) : result
            },
            close: { _ = v4l2_close($0) },
            clock: { .now })
    }
}

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

/// An ioctl, with the name that a message calls it.
struct V4L2Request: Sendable {
    let name: String
    let number: UInt

    static let queryCapabilities = V4L2Request(name: "VIDIOC_QUERYCAP", number: PUPPET_VIDIOC_QUERYCAP)
    static let listFormats = V4L2Request(name: "VIDIOC_ENUM_FMT", number: PUPPET_VIDIOC_ENUM_FMT)
    static let listSizes = V4L2Request(name: "VIDIOC_ENUM_FRAMESIZES", number: PUPPET_VIDIOC_ENUM_FRAMESIZES)
    static let listIntervals = V4L2Request(
        name: "VIDIOC_ENUM_FRAMEINTERVALS", number: PUPPET_VIDIOC_ENUM_FRAMEINTERVALS)
    static let setFormat = V4L2Request(name: "VIDIOC_S_FMT", number: PUPPET_VIDIOC_S_FMT)
    static let getParameters = V4L2Request(name: "VIDIOC_G_PARM", number: PUPPET_VIDIOC_G_PARM)
    static let setParameters = V4L2Request(name: "VIDIOC_S_PARM", number: PUPPET_VIDIOC_S_PARM)
    static let queryControl = V4L2Request(name: "VIDIOC_QUERYCTRL", number: PUPPET_VIDIOC_QUERYCTRL)
    static let getControl = V4L2Request(name: "VIDIOC_G_CTRL", number: PUPPET_VIDIOC_G_CTRL)
    static let setControl = V4L2Request(name: "VIDIOC_S_CTRL", number: PUPPET_VIDIOC_S_CTRL)
    static let requestBuffers = V4L2Request(name: "VIDIOC_REQBUFS", number: PUPPET_VIDIOC_REQBUFS)
    static let queryBuffer = V4L2Request(name: "VIDIOC_QUERYBUF", number: PUPPET_VIDIOC_QUERYBUF)
    static let queue = V4L2Request(name: "VIDIOC_QBUF", number: PUPPET_VIDIOC_QBUF)
    static let dequeue = V4L2Request(name: "VIDIOC_DQBUF", number: PUPPET_VIDIOC_DQBUF)
    static let start = V4L2Request(name: "VIDIOC_STREAMON", number: PUPPET_VIDIOC_STREAMON)
    static let stop = V4L2Request(name: "VIDIOC_STREAMOFF", number: PUPPET_VIDIOC_STREAMOFF)
}

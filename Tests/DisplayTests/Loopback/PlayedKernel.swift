import CV4L2
import Frames
import Glibc
import Synchronization
import System
import TestSupport

@testable import Display

/// A v4l2loopback device that does what a test says, and remembers what was done to it.
final class PlayedKernel: Sendable {
    struct State {
        /// What `open(2)` fails with, one for each call; succeeds when there are none left.
        var openErrors: [CInt] = []
        /// Loopback cameras that are there.
        var devices: [String] = []
        var driver: String? = "v4l2 loopback"
        var formatErrors: [CInt] = []
        /// What a driver that keeps its format makes of a request.
        var answer: (@Sendable (inout v4l2_pix_format) -> Void)?
        /// What `write(2)` does, one for each call; takes everything when there are none left.
        var writes: [Outcome] = []
        var holders: [String] = []
        /// Whether the system says who opens and closes the device.
        var hasTraffic = false
        var traffic: LoopbackSystem.Traffic?
        /// Whether the module says that somebody streams, as from 0.13 on, and what it has not said yet.
        var hasEvents = false
        var usage: Int32?
        /// Looks at what all programs have open.
        var looks = 0
        /// As from 0.13 on.
        var hasNoStreamOn = false
        var now: UInt64 = 1_000_000_000

        var requested: v4l2_pix_format?
        var requestedRate: v4l2_fract?
        /// How often a writer has declared itself.
        var declared = 0
        var opened = 0
        var closed = 0
        var attempts = 0
        var pictures: [Picture] = []

        var isWatching = false

        var isOpen: Bool { opened == closed + 1 }
    }

    enum Outcome: Hashable, Sendable {
        case error(CInt)
        case short(Int)
    }

    /// A call of `write(2)` that took something.
    struct Picture: Sendable {
        let nanoseconds: UInt64
        let bytes: [UInt8]
    }

    private static let watch: CInt = 8
    private let state = Mutex(State())
    private let usesLiveClock: Bool

    init(usesLiveClock: Bool = false) { self.usesLiveClock = usesLiveClock }

    func with<Result>(_ body: (inout sending State) -> sending Result) -> Result { state.withLock(body) }

    var pictures: [Picture] { with { $0.pictures } }

    func advance(milliseconds: Int) { with { $0.now += UInt64(milliseconds) * 1_000_000 } }

    var system: LoopbackSystem {
        LoopbackSystem(
            open: { _ in
                self.with { state in
                    if !state.openErrors.isEmpty { return fail(state.openErrors.removeFirst()) }
                    state.opened += 1
                    return 7
                }
            },
            devices: { self.with { $0.devices } },
            ioctl: { _, request, argument in self.control(request, argument) },
            write: { descriptor, bytes, count in
                precondition(descriptor == 7)
                return self.write(bytes, count)
            },
            close: { descriptor in
                guard descriptor != Self.watch else { return self.with { $0.isWatching = false } }
                precondition(descriptor == 7)
                self.with { $0.closed += 1 }
            },
            now: { self.now },
            holders: { _ in
                self.with { state in
                    state.looks += 1
                    return state.holders
                }
            },
            watch: { _ in
                self.with { state in
                    state.isWatching = state.hasTraffic
                    return state.hasTraffic ? Self.watch : -1
                }
            },
            traffic: { watch in
                precondition(watch == Self.watch)
                return self.with { $0.traffic.take() }
            })
    }

    private var now: MonotonicTime { usesLiveClock ? .now : MonotonicTime(nanoseconds: with { $0.now }) }

    private func control(_ request: UInt, _ argument: UnsafeMutableRawPointer) -> CInt {
        nonisolated(unsafe) let argument = argument  // used before this call returns
        return with { state in
            guard let driver = state.driver else { return fail(ENOTTY) }
            switch request {
            case PUPPET_VIDIOC_QUERYCAP:
                let capability = argument.assumingMemoryBound(to: v4l2_capability.self)
                withUnsafeMutableBytes(of: &capability.pointee.driver) { $0.copyBytes(from: driver.utf8) }
                // As with exclusive_caps: a camera, and no output.
                capability.pointee.capabilities = UInt32(V4L2_CAP_VIDEO_CAPTURE)
            case PUPPET_VIDIOC_S_FMT:
                if !state.formatErrors.isEmpty { return fail(state.formatErrors.removeFirst()) }
                let format = argument.assumingMemoryBound(to: v4l2_format.self)
                guard format.pointee.type == V4L2_BUF_TYPE_VIDEO_OUTPUT.rawValue else { return fail(EINVAL) }
                state.requested = format.pointee.fmt.pix
                state.answer?(&format.pointee.fmt.pix)
            case PUPPET_VIDIOC_S_PARM:
                let parameters = argument.assumingMemoryBound(to: v4l2_streamparm.self)
                state.requestedRate = parameters.pointee.parm.output.timeperframe
            case PUPPET_VIDIOC_STREAMON:
                state.declared += 1
                return state.hasNoStreamOn ? fail(EINVAL) : 0
            case PUPPET_VIDIOC_SUBSCRIBE_EVENT:
                let subscription = argument.assumingMemoryBound(to: v4l2_event_subscription.self)
                guard state.hasEvents, subscription.pointee.type == PUPPET_V4L2_EVENT_CLIENT_USAGE else {
                    return fail(EINVAL)
                }
                state.usage = state.usage ?? 0
            case PUPPET_VIDIOC_DQEVENT:
                guard let usage = state.usage.take() else { return fail(ENOENT) }
                let event = argument.assumingMemoryBound(to: v4l2_event.self)
                event.pointee.type = PUPPET_V4L2_EVENT_CLIENT_USAGE
                withUnsafeMutableBytes(of: &event.pointee.u) { $0.storeBytes(of: usage, as: Int32.self) }
            default: return fail(ENOTTY)
            }
            return 0
        }
    }

    private func write(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        let picture = [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
        let time = now.nanoseconds
        return with { state in
            precondition(state.isOpen, "written to a device that is closed")
            state.attempts += 1
            switch state.writes.isEmpty ? nil : state.writes.removeFirst() {
            case .error(let reason): return Int(fail(reason))
            case .short(let taken):
                state.pictures.append(Picture(nanoseconds: time, bytes: Array(picture.prefix(taken))))
                return taken
            case nil:
                state.pictures.append(Picture(nanoseconds: time, bytes: picture))
                return count
            }
        }
    }
}

private func fail(_ reason: CInt) -> CInt {
    errno = reason
    return -1
}

/// The driver's answer to a request for a size, in the format it keeps.
@Sendable func keeping(
    _ width: UInt32, _ height: UInt32, _ format: UInt32 = PUPPET_V4L2_PIX_FMT_YUYV, bytesPerLine: UInt32? = nil,
    imageSize: UInt32? = nil
) -> @Sendable (inout v4l2_pix_format) -> Void {
    { answer in
        let isPlanar = format == PUPPET_V4L2_PIX_FMT_YUV420
        answer.width = width
        answer.height = height
        answer.pixelformat = format
        answer.bytesperline = bytesPerLine ?? (isPlanar ? width : 2 * width)
        answer.sizeimage = imageSize ?? (answer.bytesperline * height * (isPlanar ? 3 : 2) / 2)
    }
}

/// A picture of one grey, which its luma tells apart from others.
func grey(_ level: UInt8, side: Int = 16) -> Frame {
    PixelBuffer(FrameSize(square: side)) { _, _ in (level, level, level) }.asFrame()
}

/// The luma that ``grey(_:side:)`` becomes.
func luma(_ level: UInt8) -> UInt8 { UInt8((16 + 219 * Double(level) / 255).rounded()) }

extension PlayedKernel.Picture {
    /// Luma in the middle of a YUYV picture: inside the square whatever the fill, and beside the text of cards.
    func middle(_ size: FrameSize) -> UInt8 { bytes[2 * (size.width * (size.height / 4) + size.width / 2)] }
}

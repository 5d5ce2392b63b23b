import CV4L2
import Frames
import Glibc
import System

@testable import Capture

/// Plays the kernel to a camera: a driver with four buffers that does what a list of events says, one after another, and
/// notes what no driver would put up with.
final class PlayedKernel {
    struct Picture {
        var bytes: [UInt8]
        var flags = UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
        /// What the driver claims; by default what is there.
        var bytesUsed: UInt32?
        /// By default the time at which it is fetched.
        var stamp: UInt64?
        var sequence: UInt32?
    }

    enum Event {
        case picture(Picture)
        case pollFails(CInt)
        /// `poll` returns these bits, and then there is nothing to fetch.
        case pollSays(CInt)
        /// `poll` announces a buffer that cannot be had.
        case dequeueFails(CInt)
        case requeueFails(CInt)
        case silence(milliseconds: CInt)
    }

    struct Format {
        var code: FourCC
        var sizes: [SizeOffer] = []
    }

    // What the device is. Set before it is opened.
    var openResult: CInt = 7
    var queryResult: CInt = 0
    var card = "Played camera"
    var driver = "played"
    var flags = UInt32(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING)
    var formats: [Format] = [Format(code: FourCC("GREY"))]
    /// What libv4l adds.
    var convertedFormats: [Format] = []
    var canConvert = true
    /// What S_FMT makes of what was asked for.
    var adjust: (inout v4l2_pix_format) -> Void = { _ in }
    var failing: [UInt: CInt] = [:]
    var bufferCount: UInt32 = 4
    var controls = PlayedControls()
    var bufferBytes = 1 << 16
    /// What the camera says its rate is after S_PARM; `nil` for a driver without.
    var rate: v4l2_fract? = v4l2_fract(numerator: 1, denominator: 10)

    // What happens.
    var events: [Event] = []
    /// Comes again and again once there are no more events.
    var forever: Picture?
    var nanoseconds: UInt64 = 1_000_000_000_000

    // What has happened.
    private(set) var violations: [String] = []
    private(set) var requeued = [0, 0, 0, 0]
    private(set) var dequeued = [0, 0, 0, 0]
    private(set) var isStreaming = false
    private(set) var isOpen = false
    private(set) var mapped = 0
    private(set) var isConverting = false
    private(set) var polls = 0
    /// Called while somebody waits for input.
    var duringPoll: () -> Void = {}
    private(set) var buffersWanted: UInt32 = 0
    private var queue: [Int] = []
    private var memory: [UnsafeMutableRawPointer] = []
    private var sequence: UInt32 = 0

    init(_ events: [Event] = []) {
        self.events = events
        queue.reserveCapacity(16)
    }

    deinit { for block in memory { block.deallocate() } }

    var system: V4L2System {
        V4L2System(
            open: { [self] _ in
                isOpen = openResult >= 0
                return openResult
            },
            convert: { [self] _ in
                isConverting = canConvert
                return canConvert ? 7 : -EINVAL
            },
            ioctl: { [self] _, request, argument in ioctl(request, argument) },
            mmap: { [self] _, length, offset in
                mapped += 1
                check(offset == 4096 * (memory.count), "mapped at \(offset)")
                memory.append(.allocate(byteCount: length, alignment: 64))
                return memory.last
            },
            munmap: { [self] block, length in
                check(memory.contains(block) && length == bufferBytes, "unmapped what was not mapped")
                check(isOpen, "unmapped after closing")
                mapped -= 1
            },
            poll: { [self] _, milliseconds, interrupter in
                duringPoll()
                return interrupter.isInterrupted ? 0 : poll(milliseconds)
            },
            close: { [self] _ in
                check(isOpen, "closed twice")
                check(mapped == 0, "closed with \(mapped) buffers mapped")
                isOpen = false
            },
            clock: { [self] in MonotonicTime(nanoseconds: nanoseconds) })
    }

    private func check(_ condition: Bool, _ what: @autoclosure () -> String) {
        if !condition { violations.append(what()) }
    }

    private func poll(_ milliseconds: CInt) -> CInt {
        polls += 1
        guard let event = events.first else {
            nanoseconds += forever == nil ? UInt64(milliseconds) * 1_000_000 : 1_000_000
            return forever == nil ? 0 : POLLIN
        }
        switch event {
        case .pollFails(let reason):
            events.removeFirst()
            return -reason
        case .pollSays(let bits): return bits
        case .silence(let silent) where silent < milliseconds:
            nanoseconds += UInt64(silent) * 1_000_000
            events.removeFirst()
            return poll(milliseconds - silent)
        case .silence(let silent):
            nanoseconds += UInt64(milliseconds) * 1_000_000
            events[0] = .silence(milliseconds: silent - milliseconds)
            return 0
        case .picture, .dequeueFails, .requeueFails:
            nanoseconds += 1_000_000
            return POLLIN
        }
    }

    private func ioctl(_ request: UInt, _ argument: UnsafeMutableRawPointer) -> CInt {
        check(isOpen, "an ioctl on a closed device")
        if let reason = failing[request] { return -reason }
        switch request {
        case PUPPET_VIDIOC_QUERYCAP: return queryCapabilities(argument.assumingMemoryBound(to: v4l2_capability.self))
        case PUPPET_VIDIOC_ENUM_FMT: return listFormats(argument.assumingMemoryBound(to: v4l2_fmtdesc.self))
        case PUPPET_VIDIOC_ENUM_FRAMESIZES: return listSizes(argument.assumingMemoryBound(to: v4l2_frmsizeenum.self))
        case PUPPET_VIDIOC_ENUM_FRAMEINTERVALS:
            return listIntervals(argument.assumingMemoryBound(to: v4l2_frmivalenum.self))
        case PUPPET_VIDIOC_S_FMT:
            adjust(&argument.assumingMemoryBound(to: v4l2_format.self).pointee.fmt.pix)
            return 0
        case PUPPET_VIDIOC_G_PARM, PUPPET_VIDIOC_S_PARM:
            guard let rate else { return -ENOTTY }
            let parameters = argument.assumingMemoryBound(to: v4l2_streamparm.self)
            parameters.pointee.parm.capture.capability = UInt32(V4L2_CAP_TIMEPERFRAME)
            parameters.pointee.parm.capture.timeperframe = rate
            return 0
        case PUPPET_VIDIOC_REQBUFS:
            let wanted = argument.assumingMemoryBound(to: v4l2_requestbuffers.self)
            buffersWanted = wanted.pointee.count
            wanted.pointee.count = bufferCount
            return 0
        case PUPPET_VIDIOC_QUERYBUF:
            let buffer = argument.assumingMemoryBound(to: v4l2_buffer.self)
            buffer.pointee.length = UInt32(bufferBytes)
            buffer.pointee.m.offset = 4096 * buffer.pointee.index
            return 0
        case PUPPET_VIDIOC_QBUF: return enqueue(argument.assumingMemoryBound(to: v4l2_buffer.self))
        case PUPPET_VIDIOC_DQBUF: return dequeue(argument.assumingMemoryBound(to: v4l2_buffer.self))
        case PUPPET_VIDIOC_STREAMON, PUPPET_VIDIOC_STREAMOFF:
            isStreaming = request == PUPPET_VIDIOC_STREAMON
            return 0
        default: return controls.ioctl(request, argument)
        }
    }

    private func enqueue(_ buffer: UnsafeMutablePointer<v4l2_buffer>) -> CInt {
        let index = Int(buffer.pointee.index)
        check(!queue.contains(index), "buffer \(index) queued twice")
        if isStreaming {
            if case .requeueFails(let reason)? = events.first {
                events.removeFirst()
                if reason != EINTR { requeued[index] += 1 }
                return -reason
            }
            requeued[index] += 1
        }
        queue.append(index)
        return 0
    }

    private func dequeue(_ buffer: UnsafeMutablePointer<v4l2_buffer>) -> CInt {
        let picture: Picture
        switch events.first {
        case .picture(let next)?:
            events.removeFirst()
            picture = next
        case .dequeueFails(let reason)?:
            events.removeFirst()
            return -reason
        case nil:
            guard let forever else { return -EAGAIN }
            picture = forever
        default: return -EAGAIN
        }
        check(isStreaming, "fetched without a stream")
        guard !queue.isEmpty else {
            check(false, "fetched with nothing queued")
            return -EAGAIN
        }
        let index = queue.removeFirst()
        dequeued[index] += 1
        picture.bytes.withUnsafeBytes { memory[index].copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        let stamp = picture.stamp ?? nanoseconds
        buffer.pointee.index = UInt32(index)
        buffer.pointee.flags = picture.flags
        buffer.pointee.bytesused = picture.bytesUsed ?? UInt32(picture.bytes.count)
        buffer.pointee.timestamp = timeval(tv_sec: Int(stamp / 1_000_000_000), tv_usec: Int(stamp / 1000 % 1_000_000))
        buffer.pointee.sequence = picture.sequence ?? sequence
        sequence = buffer.pointee.sequence + 1
        return 0
    }

    private func queryCapabilities(_ answer: UnsafeMutablePointer<v4l2_capability>) -> CInt {
        withUnsafeMutableBytes(of: &answer.pointee.card) { $0.copyBytes(from: card.utf8) }
        withUnsafeMutableBytes(of: &answer.pointee.driver) { $0.copyBytes(from: driver.utf8) }
        withUnsafeMutableBytes(of: &answer.pointee.bus_info) { $0.copyBytes(from: "usb-1".utf8) }
        answer.pointee.capabilities = ~0  // of all the device's nodes together
        answer.pointee.device_caps = flags
        return queryResult
    }

    private func listFormats(_ answer: UnsafeMutablePointer<v4l2_fmtdesc>) -> CInt {
        let all = formats + (isConverting ? convertedFormats : [])
        guard Int(answer.pointee.index) < all.count else { return -EINVAL }
        answer.pointee.pixelformat = all[Int(answer.pointee.index)].code.code
        withUnsafeMutableBytes(of: &answer.pointee.description) { $0.copyBytes(from: "As played".utf8) }
        return 0
    }

    private func sizes(_ code: UInt32) -> [SizeOffer] {
        (formats + convertedFormats).first { $0.code.code == code }?.sizes ?? []
    }

    private func listSizes(_ answer: UnsafeMutablePointer<v4l2_frmsizeenum>) -> CInt {
        let sizes = sizes(answer.pointee.pixel_format)
        guard Int(answer.pointee.index) < sizes.count else { return -EINVAL }
        let size = sizes[Int(answer.pointee.index)]
        if size.smallest == size.largest {
            answer.pointee.type = V4L2_FRMSIZE_TYPE_DISCRETE.rawValue
            answer.pointee.discrete = v4l2_frmsize_discrete(
                width: UInt32(size.largest.width), height: UInt32(size.largest.height))
        } else {
            answer.pointee.type = V4L2_FRMSIZE_TYPE_STEPWISE.rawValue
            answer.pointee.stepwise = v4l2_frmsize_stepwise(
                min_width: UInt32(size.smallest.width), max_width: UInt32(size.largest.width),
                step_width: UInt32(size.stepWidth), min_height: UInt32(size.smallest.height),
                max_height: UInt32(size.largest.height), step_height: UInt32(size.stepHeight))
        }
        return 0
    }

    private func listIntervals(_ answer: UnsafeMutablePointer<v4l2_frmivalenum>) -> CInt {
        func interval(_ rate: FrameRate) -> v4l2_fract {
            v4l2_fract(numerator: UInt32(rate.denominator), denominator: UInt32(rate.numerator))
        }
        let asked = sizes(answer.pointee.pixel_format).first {
            $0.largest.width == Int(answer.pointee.width) && $0.largest.height == Int(answer.pointee.height)
        }
        switch asked?.rates {
        case .listed(let rates)? where Int(answer.pointee.index) < rates.count:
            answer.pointee.type = V4L2_FRMIVAL_TYPE_DISCRETE.rawValue
            answer.pointee.discrete = interval(rates[Int(answer.pointee.index)])
            return 0
        case .between(let slowest, let fastest)? where answer.pointee.index == 0:
            answer.pointee.type = V4L2_FRMIVAL_TYPE_STEPWISE.rawValue
            answer.pointee.stepwise.min = interval(fastest)
            answer.pointee.stepwise.max = interval(slowest)
            return 0
        default: return -EINVAL
        }
    }
}

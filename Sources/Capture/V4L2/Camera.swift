import CV4L2
import Frames
import Glibc
import System
import SystemPackage

/// A camera, read through V4L2. One queue owns a value.
///
/// Pictures come from a pool and the driver's buffers are given back at once, so nothing is allocated per frame but what
/// TurboJPEG takes and gives back for itself. Trouble with one picture is counted, never thrown.
public final class Camera: FrameSource {
    public let name: String
    public let frameRate: FrameRate
    public var size: FrameSize { decoder.stream.size }
    /// Four letters, as V4L2 has them: what the camera sends.
    public var format: String { decoder.stream.format.code.description }
    public private(set) var counts = CameraCounts()
    /// What is looked at of the pictures: only that square is converted, and Motion JPEG is made smaller while it is
    /// decoded where that leaves enough pixels. Memory is made anew where that changes how many pixels a frame has.
    public var wanted: WantedSquare? {
        get { decoder.wanted }
        set {
            guard newValue != decoder.wanted else { return }
            decoder.wanted = newValue
            if pool.size != decoder.pictureSize { pool = Self.makePool(decoder) }
        }
    }

    /// How many frame periods may pass without a picture: in the dark cameras go down to a quarter of their rate.
    private static let patience = 30
    /// What a camera takes to start up, besides.
    private static let startUp: UInt64 = 5_000_000_000

    private let isLoopback: Bool
    private let ring: V4L2BufferRing
    private let decoder: CameraDecoder
    private var pool: FramePool
    private let clock: () -> MonotonicTime
    private let interrupter: Interrupter
    private let stallNanoseconds: UInt64
    private var framesRead = 0
    private var lastCaptured = MonotonicTime(nanoseconds: 0)
    private var lastSequence: UInt32?

    /// How many of the driver's buffers are asked for unless somebody says otherwise.
    public static let usualBuffers = 4

    /// Opens the camera, agrees with it on a format and starts it.
    ///
    /// - Parameters:
    ///   - path: for example `/dev/video0`, or a link to it.
    ///   - size, rate: what is wanted; ``size`` and ``frameRate`` say what it is.
    ///   - format: the only one that will do; `nil` for the one that suits size and rate best.
    ///   - interrupter: ends the waits; a new one where nobody else knows it.
    ///   - controls: set one after another before the camera starts, and left so. No other is touched.
    ///   - buffers: how many of the driver's to ask for, 2...32. By default one is in hand, one being filled and two are to
    ///     spare.
    /// - Throws: ``CaptureError``: `.missing`, `.noPermission`, `.notAVideoDevice`, `.notACamera`, `.busy`,
    ///   `.notSupported`, `.control`, `.unplugged`.
    init(
        path: String, size: FrameSize, rate: FrameRate, format: CameraFormat? = nil, controls: [CameraControl] = [],
        buffers: Int = Camera.usualBuffers, interrupter: Interrupter = Interrupter(), _ system: V4L2System = .live
    ) throws(CaptureError) {
        precondition((2...32).contains(buffers), "\(buffers) buffers")
        name = path
        self.interrupter = interrupter
        let device = try V4L2Device(opening: path, system)
        let capabilities = try device.capabilities()
        guard capabilities.isCamera else { throw .noPictures(path, capabilities) }
        isLoopback = capabilities.isLoopback
        clock = system.clock
        do throws(CaptureError) {
            let mode = try device.negotiate(FormatNegotiation(size: size, rate: rate, format: format), capabilities)
            let stream = try device.set(mode, only: format)
            frameRate = device.setRate(mode.rate)
            try device.set(controls)  // after the rate, which limits exposure
            decoder = CameraDecoder(stream)
            pool = Self.makePool(decoder)
            stallNanoseconds = frameRate.time(ofFrame: Self.patience)
            ring = try V4L2BufferRing(device, count: buffers)
        } catch {
            throw capabilities.isLoopback ? error.ofLoopback : error
        }
    }

    private static func makePool(_ decoder: CameraDecoder) -> FramePool {
        FramePool(size: decoder.pictureSize, capacity: 4)
    }

    /// Waits for the next whole picture; `nil` once it is interrupted, for a camera has no last one.
    ///
    /// `Frame/captured` is the driver's time, where that is by our clock and between the last frame's and now; otherwise
    /// the nearest time that is. Thus it always grows, and a driver whose clock jumps cannot date frames into the future.
    ///
    /// - Throws: ``CaptureError``: `.stalled` if none came within 30 frame periods (5 seconds more for the first),
    ///   `.unplugged` if the device is gone: make a new ``Camera`` when it is back.
    public func next() throws(CaptureError) -> Frame? {
        let start = clock()
        let deadline = start.advanced(byNanoseconds: stallNanoseconds + (framesRead == 0 ? Self.startUp : 0))
        var refused = 0
        do throws(CaptureError) {
            while let buffer = try waitForBuffer(until: deadline) {
                if let frame = picture(buffer) { return frame }
                refused += 1
            }
            if interrupter.isInterrupted { return nil }
            throw .stalled(name, after: clock().milliseconds(since: start), refused: refused)
        } catch {
            throw isLoopback ? error.ofLoopback : error
        }
    }

    public var interrupt: @Sendable () -> Void { { [interrupter] in interrupter.interrupt() } }

    /// - Returns: `nil` when the time is over or the wait was interrupted.
    private func waitForBuffer(until deadline: MonotonicTime) throws(CaptureError) -> DequeuedBuffer? {
        do throws(Errno) {
            while !interrupter.isInterrupted {
                let left = deadline.milliseconds(since: clock())
                guard left > 0 else { return nil }
                let events = ring.device.system.poll(
                    ring.device.descriptor, CInt(min(left.rounded(.up), 60_000)), interrupter)
                guard events != 0, events != -EINTR, events != -EAGAIN else { continue }
                guard events > 0 else { throw Errno(rawValue: -events) }
                if let buffer = try ring.dequeue() { return buffer }
                // An error with nothing to fetch would come back at once, for ever.
                guard events & POLLIN != 0 else { throw Errno.noSuchDevice }
            }
            return nil
        } catch {
            throw .failed(.dequeue, name, error)
        }
    }

    /// The buffer goes back to the driver when this returns, with a picture or without.
    private func picture(_ buffer: borrowing DequeuedBuffer) -> Frame? {
        countMissed(buffer.sequence)
        guard !buffer.isDamaged else {
            counts.damaged += 1
            return nil
        }
        guard buffer.bytes.count >= decoder.stream.leastByteCount else {
            counts.tooShort += 1
            return nil
        }
        do throws(UndecodablePicture) {
            let captured = time(buffer.captured)
            let frame = try pool.makeFrame(sequence: framesRead, captured: captured, part: decoder.part) {
                (rgb) throws(UndecodablePicture) in
                guard decoder.decode(buffer.bytes, into: rgb) else { throw UndecodablePicture() }
            }
            framesRead += 1
            lastCaptured = captured
            return frame
        } catch {
            counts.undecodable += 1
            return nil
        }
    }

    private func time(_ stamp: MonotonicTime?) -> MonotonicTime {
        let now = clock()
        let earliest = lastCaptured.advanced(byNanoseconds: 1)
        let nearest = max(min(stamp ?? now, now), earliest)
        if nearest != stamp { counts.restamped += 1 }
        return nearest
    }

    private func countMissed(_ sequence: UInt32) {
        if let lastSequence, sequence > lastSequence { counts.missed += Int(sequence - lastSequence) - 1 }
        lastSequence = sequence
    }
}

private struct UndecodablePicture: Error {}

import CV4L2
import Frames
import Glibc
import System
import SystemPackage

/// A v4l2loopback device that pictures are written to. One queue owns a value; the device is closed when it ends.
///
/// The driver decides what is written: where it keeps a format, or somebody already reads one, it answers a request
/// with that format and no error. ``layout`` is the answer.
final class LoopbackDevice: VirtualCameraDevice {
    let path: String
    /// What every picture must look like.
    let layout: VirtualCameraLayout
    private let readers: LoopbackReaders
    private let handle: Handle

    /// Whoever begins to read is given the last picture first.
    let keepsPictures = true
    let lookPeriod: UInt64 = 200_000_000

    /// Opens the device and agrees on a format with its driver.
    ///
    /// Its capabilities are not asked for: with `exclusive_caps` a device that has a format says that it is a camera
    /// and nothing else, and takes pictures all the same.
    ///
    /// - Parameters:
    ///   - size: the size to ask for; odd sizes are rounded down, since a chroma sample belongs to two pixels.
    ///   - rate: what programs that read the device are told.
    /// - Throws: ``DisplayError``: `.cannotOpen`, `.busy`, `.notSupported`.
    init(opening path: String, size: FrameSize, rate: FrameRate, _ system: LoopbackSystem) throws(DisplayError) {
        var handle = try Handle(opening: path, system)
        try handle.requireLoopbackDriver()
        do throws(DisplayError) {
            layout = try handle.setFormat(size)
        } catch {
            guard error.underlying == .invalidArgument else { throw error }
            handle = try Self.revive(handle)
            layout = try handle.setFormat(size)
        }
        handle.setRate(rate)
        handle.declareWriter()
        readers = LoopbackReaders(path, handle.descriptor, system)
        self.handle = handle
        self.path = path
    }

    /// v4l2loopback 0.12 with `exclusive_caps` closes a device's output at the first write, and opens it again only after
    /// a writer that had declared itself. Most do not: then the device is neither camera nor output until the module is
    /// loaded again. To declare oneself and leave opens it. From 0.13 on this does nothing.
    private static func revive(_ stuck: consuming Handle) throws(DisplayError) -> Handle {
        let (path, system) = (stuck.path, stuck.system)
        stuck.declareWriter()
        _ = consume stuck
        let handle = try Handle(opening: path, system)
        try handle.requireLoopbackDriver()  // not for the answer: the kernel takes note of what the driver says to this
        return handle
    }

    func isWatched() -> Bool { readers.areThere() }

    /// To v4l2loopback each call of `write(2)` is a picture. What a short write left over must therefore not be sent:
    /// it would be a picture of its own, made of the bottom of this one. The whole picture is sent again, once.
    func write(_ picture: UnsafeRawBufferPointer, sequence: Int) throws(DisplayError) -> VirtualCameraWriting {
        precondition(picture.count == layout.byteCount, "\(picture.count) bytes for a picture of \(layout.byteCount)")
        var taken = 0
        do throws(Errno) {
            for _ in 0..<2 {
                taken = try systemCall { handle.system.write(handle.descriptor, picture.baseAddress!, picture.count) }
                if taken == picture.count { return .written }
            }
        } catch .resourceTemporarilyUnavailable {
            return .full
        } catch .operationNotSupportedByDevice {
            throw DisplayError(
                .cannotWrite, path, "the loopback camera has gone",
                hint: "load the module again: sudo modprobe v4l2loopback", underlying: .operationNotSupportedByDevice)
        } catch {
            throw DisplayError(
                .cannotWrite, path, "the loopback camera takes no pictures any more", underlying: error)
        }
        throw DisplayError(
            .cannotWrite, path,
            "the loopback camera took \(taken) of the \(picture.count) bytes of a picture",
            hint: "another program has changed its format; end that and start again")
    }
}

/// The open device, before anything is known about it.
private struct Handle: ~Copyable {
    let path: String
    let descriptor: CInt
    let system: LoopbackSystem

    init(opening path: String, _ system: LoopbackSystem) throws(DisplayError) {
        descriptor = try DisplayError.explaining(try systemCall { system.open(path) }) {
            Self.cannotOpen(path, $0, system)
        }
        self.path = path
        self.system = system
    }

    deinit { system.close(descriptor) }

    private func call<Argument>(_ request: UInt, _ argument: inout Argument) throws(Errno) {
        _ = try systemCall { withUnsafeMutablePointer(to: &argument) { system.ioctl(descriptor, request, $0) } }
    }

    func requireLoopbackDriver() throws(DisplayError) {
        var capability = v4l2_capability()
        try DisplayError.explaining(
            try call(PUPPET_VIDIOC_QUERYCAP, &capability), .notSupported, path, "it is not a V4L2 device",
            hint: LoopbackHint(system).choose)
        let driver = withUnsafeBytes(of: capability.driver) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard driver == "v4l2 loopback" else {
            throw DisplayError(
                .notSupported, path, "it is not a loopback camera: its driver is \(driver)",
                hint: LoopbackHint(system).choose)
        }
    }

    func setFormat(_ size: FrameSize) throws(DisplayError) -> VirtualCameraLayout {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_OUTPUT.rawValue
        format.fmt.pix.width = UInt32(max(2, size.width & ~1))
        format.fmt.pix.height = UInt32(max(2, size.height & ~1))
        format.fmt.pix.pixelformat = PUPPET_V4L2_PIX_FMT_YUYV
        format.fmt.pix.field = V4L2_FIELD_NONE.rawValue
        format.fmt.pix.bytesperline = 2 * format.fmt.pix.width
        format.fmt.pix.sizeimage = format.fmt.pix.bytesperline * format.fmt.pix.height
        // BT.601 with limited range and the transfer of common video: what a camera of this size delivers.
        format.fmt.pix.colorspace = V4L2_COLORSPACE_SMPTE170M.rawValue
        format.fmt.pix.ycbcr_enc = V4L2_YCBCR_ENC_601.rawValue
        format.fmt.pix.quantization = V4L2_QUANTIZATION_LIM_RANGE.rawValue
        format.fmt.pix.xfer_func = V4L2_XFER_FUNC_709.rawValue
        format.fmt.pix.priv = UInt32(V4L2_PIX_FMT_PRIV_MAGIC)  // says that the three fields above are filled in
        try DisplayError.explaining(try call(PUPPET_VIDIOC_S_FMT, &format)) { cannotSetFormat($0) }
        return try layout(of: format.fmt.pix)
    }

    /// Reads the driver's answer; from here on it is outside input.
    private func layout(of answer: v4l2_pix_format) throws(DisplayError) -> VirtualCameraLayout {
        func cannotBe(_ detail: String) -> DisplayError {
            DisplayError(.notSupported, path, detail, hint: LoopbackHint.releaseFormat(of: path))
        }
        let format: VirtualCameraLayout.PixelFormat
        switch answer.pixelformat {
        case PUPPET_V4L2_PIX_FMT_YUYV: format = .yuyv
        case PUPPET_V4L2_PIX_FMT_YUV420: format = .yu12
        default:
            throw cannotBe(
                "it insists on \(fourCharacters(answer.pixelformat)) pictures; puppet writes YUYV and YU12")
        }
        let (width, height) = (Int(answer.width), Int(answer.height))
        guard let size = FrameSize(claimedWidth: width, height: height), width % 2 == 0, height % 2 == 0 else {
            throw cannotBe("it insists on pictures of \(width)x\(height); puppet writes even sizes")
        }
        let line = answer.bytesperline == 0 ? nil : Int(answer.bytesperline)
        let shortest = VirtualCameraLayout.shortestLine(format, width: width)
        if let line, line < shortest || line > 8 * shortest {
            throw cannotBe("its rows have \(line) bytes, \(shortest) are needed for \(size)")
        }
        let layout = VirtualCameraLayout(format, size, bytesPerLine: line)
        guard answer.sizeimage >= layout.byteCount else {
            throw cannotBe(
                "its buffers have \(answer.sizeimage) bytes, \(layout.byteCount) are needed for \(size)")
        }
        return layout
    }

    /// A device without rates is none the worse for it: it is an announcement, the clock is ours.
    func setRate(_ rate: FrameRate) {
        var parameters = v4l2_streamparm()
        parameters.type = V4L2_BUF_TYPE_VIDEO_OUTPUT.rawValue
        parameters.parm.output.timeperframe.numerator = UInt32(clamping: rate.denominator)
        parameters.parm.output.timeperframe.denominator = UInt32(clamping: rate.numerator)
        try? call(PUPPET_VIDIOC_S_PARM, &parameters)
    }

    /// So that 0.12 opens the output again when we have gone. From 0.13 on the first write says the same, and this fails.
    func declareWriter() {
        var type = CInt(V4L2_BUF_TYPE_VIDEO_OUTPUT.rawValue)
        try? call(PUPPET_VIDIOC_STREAMON, &type)
    }

    private func cannotSetFormat(_ reason: Errno) -> DisplayError {
        switch reason {
        case .resourceBusy: Self.busy(path, reason, system)
        // With exclusive_caps a device that somebody writes to has no output any more, instead of being busy.
        case .invalidArgument where !system.holders(path).isEmpty: Self.busy(path, reason, system)
        default:
            DisplayError(
                .cannotOpen, path, "the loopback camera accepts no format",
                hint: "another program may be sending to it: end that, or load the module again", underlying: reason)
        }
    }

    private static func busy(_ path: String, _ reason: Errno, _ system: LoopbackSystem) -> DisplayError {
        let holders = system.holders(path)
        let names = holders.isEmpty ? "" : " (open in \(holders.joined(separator: ", ")))"
        return DisplayError(
            .busy, path, "another program is already sending pictures to it\(names)",
            hint: "end that, or choose another loopback camera", underlying: reason)
    }

    private static func cannotOpen(_ path: String, _ reason: Errno, _ system: LoopbackSystem) -> DisplayError {
        switch reason {
        case .noSuchFileOrDirectory, .operationNotSupportedByDevice, .noSuchAddressOrDevice:
            DisplayError(.cannotOpen, path, "there is no such device", hint: LoopbackHint(system).instead(of: path))
        case .permissionDenied, .notPermitted:
            DisplayError(
                .cannotOpen, path, "you may not open it",
                hint: "join the video group (sudo usermod -aG video $USER) and log in again", underlying: reason)
        case .resourceBusy: busy(path, reason, system)
        case .isDirectory:
            DisplayError(.notSupported, path, "it is not a V4L2 device but a folder", hint: LoopbackHint(system).choose)
        default:
            DisplayError(.cannotOpen, path, "cannot open it", hint: LoopbackHint(system).choose, underlying: reason)
        }
    }
}

/// "YUYV"; anything that is not a letter or digit as a question mark.
private func fourCharacters(_ code: UInt32) -> String {
    String(
        (0..<4).map { index in
            let scalar = Unicode.Scalar(UInt8(truncatingIfNeeded: code >> (8 * index)))
            let character = Character(scalar)
            return character.isASCII && (character.isLetter || character.isNumber) ? character : "?"
        })
}

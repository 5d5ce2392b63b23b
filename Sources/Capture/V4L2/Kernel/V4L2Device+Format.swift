import CV4L2
import Frames
import SystemPackage

extension V4L2Device {
    /// Chooses from what the camera offers; where we read nothing of it, libv4l is asked to convert from here on.
    ///
    /// - Throws: ``CaptureError``: `.notSupported` if libv4l cannot read it either or the camera lacks the format that it
    ///   must be, `.notACamera` if nothing is offered.
    func negotiate(
        _ negotiation: FormatNegotiation, _ capabilities: V4L2Capabilities
    ) throws(CaptureError) -> CameraMode {
        let offers = formatOffers()
        guard !offers.isEmpty else { throw .noPictures(path, capabilities) }
        if let mode = negotiation.best(of: offers) { return mode }
        if let format = negotiation.format, format != .rgb24 || offers.contains(where: { CameraFormat($0.code) != nil })
        {
            throw .lacks(format, path, offers)
        }
        _ = try CaptureError.explaining(try kernelCall { system.convert(descriptor) }) { .unreadable(path, offers, $0) }
        // With libv4l the list has RGB24 as well, in the sizes of what it is made from.
        let converted = formatOffers().filter { $0.code == CameraFormat.rgb24.code }
        guard let mode = negotiation.best(of: converted) else { throw .unreadable(path, offers, nil) }
        return mode
    }

    /// Sets the format and obeys the answer: drivers give what they have, and some have only what is in use already.
    ///
    /// - Parameter format: the only one that will do; `nil` for any.
    func set(_ mode: CameraMode, only format: CameraFormat? = nil) throws(CaptureError) -> StreamFormat {
        var answer = v4l2_format()
        answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        answer.fmt.pix.width = UInt32(mode.size.width)
        answer.fmt.pix.height = UInt32(mode.size.height)
        answer.fmt.pix.pixelformat = mode.format.code.code
        answer.fmt.pix.field = V4L2_FIELD_ANY.rawValue
        try command(.setFormat, &answer)
        let pixels = answer.fmt.pix
        guard let stream = StreamFormat(pixels), format == nil || stream.format == format else {
            throw CaptureError(
                .notSupported, path,
                "asked for \(mode.format.code) \(mode.size), the camera sends "
                    + "\(FourCC(code: pixels.pixelformat)) \(pixels.width)x\(pixels.height)",
                hint: "choose another size or format")
        }
        let alternates = [V4L2_FIELD_ALTERNATE, V4L2_FIELD_TOP, V4L2_FIELD_BOTTOM].map(\.rawValue)
        guard !alternates.contains(pixels.field) else {
            throw CaptureError(
                .notSupported, path, "the camera sends half pictures (single fields)",
                hint: "choose progressive video in its settings")
        }
        return stream
    }

    /// - Returns: the rate that the camera says it has now; `rate` if it says nothing.
    func setRate(_ rate: FrameRate) -> FrameRate {
        var parameters = v4l2_streamparm()
        parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        do throws(Errno) {
            try request(.getParameters, &parameters)
            if parameters.parm.capture.capability & UInt32(V4L2_CAP_TIMEPERFRAME) != 0 {
                parameters.parm.capture.timeperframe = v4l2_fract(
                    numerator: UInt32(rate.denominator), denominator: UInt32(rate.numerator))
                try request(.setParameters, &parameters)
            }
        } catch {
            return rate  // optional in V4L2; the camera then has one rate of its own
        }
        return FrameRate(interval: parameters.parm.capture.timeperframe) ?? rate
    }
}

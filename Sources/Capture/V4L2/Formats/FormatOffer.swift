import CV4L2
import Frames
import SystemPackage

/// A format that a camera can send, with its sizes.
struct FormatOffer: Equatable, Sendable {
    let code: FourCC
    let summary: String
    /// Empty where the driver does not say.
    let sizes: [SizeOffer]
}

extension V4L2Device {
    /// More than any camera has; a driver that answers for ever must not hang us.
    private static let mostEntries: UInt32 = 256

    /// Everything the camera can send. Sizes in steps are asked for their rates at the largest.
    func formatOffers() -> [FormatOffer] {
        var offers: [FormatOffer] = []
        for index in 0..<Self.mostEntries {
            var answer = v4l2_fmtdesc()
            answer.index = index
            answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
            guard answers(.listFormats, &answer) else { break }
            let code = FourCC(code: answer.pixelformat)
            offers.append(FormatOffer(code: code, summary: String(fixed: answer.description), sizes: sizes(code)))
        }
        return offers
    }

    private func sizes(_ code: FourCC) -> [SizeOffer] {
        var offers: [SizeOffer] = []
        for index in 0..<Self.mostEntries {
            var answer = v4l2_frmsizeenum()
            answer.index = index
            answer.pixel_format = code.code
            guard answers(.listSizes, &answer) else { break }
            let isDiscrete = answer.type == V4L2_FRMSIZE_TYPE_DISCRETE.rawValue
            let step = answer.stepwise
            guard
                let largest = isDiscrete
                    ? FrameSize(claimedWidth: Int(answer.discrete.width), height: Int(answer.discrete.height))
                    : FrameSize(claimedWidth: Int(step.max_width), height: Int(step.max_height)),
                let smallest = isDiscrete
                    ? largest : FrameSize(claimedWidth: Int(step.min_width), height: Int(step.min_height))
            else { continue }
            offers.append(
                SizeOffer(
                    from: smallest, to: largest, stepWidth: isDiscrete ? 1 : Int(step.step_width),
                    stepHeight: isDiscrete ? 1 : Int(step.step_height), rates(code, largest)))
            if !isDiscrete { break }
        }
        return offers
    }

    private func rates(_ code: FourCC, _ size: FrameSize) -> RateOffer {
        var listed: [FrameRate] = []
        for index in 0..<Self.mostEntries {
            var answer = v4l2_frmivalenum()
            answer.index = index
            answer.pixel_format = code.code
            answer.width = UInt32(size.width)
            answer.height = UInt32(size.height)
            guard answers(.listIntervals, &answer) else { break }
            if answer.type == V4L2_FRMIVAL_TYPE_DISCRETE.rawValue {
                if let rate = FrameRate(interval: answer.discrete) { listed.append(rate) }
            } else if let fastest = FrameRate(interval: answer.stepwise.min),
                let slowest = FrameRate(interval: answer.stepwise.max)
            {
                return .between(slowest: slowest, fastest: fastest)
            } else {
                break
            }
        }
        return listed.isEmpty ? .unknown : .listed(listed)
    }
}

extension FrameRate {
    /// - Parameter interval: seconds from frame to frame.
    /// - Returns: `nil` for an interval that is zero or divides by it.
    init?(interval: v4l2_fract) {
        guard interval.numerator > 0, interval.denominator > 0 else { return nil }
        self.init(Int(interval.denominator), over: Int(interval.numerator))
    }
}

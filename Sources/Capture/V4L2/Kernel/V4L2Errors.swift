import System
import SystemPackage

/// The sentences for what goes wrong with cameras, each in one place.
extension Failure<CaptureErrorCode> {
    static func cannotOpenDevice(_ path: String, _ reason: Errno) -> CaptureError {
        switch reason {
        case .noSuchFileOrDirectory:
            CaptureError(
                .missing, path, "there is no such camera",
                hint: "plug it in, or see which there are with 'puppet devices'")
        case .permissionDenied, .notPermitted: .noPermission(path, reason)
        case .noSuchDevice, .noSuchAddressOrDevice, .resourceBusy: .failed(nil, path, reason)
        case .isDirectory:
            CaptureError(
                .notAVideoDevice, path, "it is a folder, not a video device",
                hint: "give a camera such as /dev/video0")
        default: CaptureError(.cannotOpen, path, "cannot open it", hint: "check the path", underlying: reason)
        }
    }

    /// - Parameter request: what failed; `nil` for opening.
    static func failed(_ request: V4L2Request?, _ path: String, _ reason: Errno) -> CaptureError {
        switch reason {
        case .noSuchDevice, .ioError, .noSuchAddressOrDevice, .brokenPipe:
            CaptureError(
                .unplugged, path, "the camera is gone", hint: "check its cable and plug it in again",
                underlying: reason)
        case .resourceBusy:
            CaptureError(.busy, path, "another program is using the camera", hint: "close that program")
        case .permissionDenied, .notPermitted: .noPermission(path, reason)
        default:
            CaptureError(
                .cannotRead, path, "the camera refused \(request?.name ?? "to be opened")",
                hint: "unplug it and plug it in again", underlying: reason)
        }
    }

    private static func noPermission(_ path: String, _ reason: Errno) -> CaptureError {
        CaptureError(
            .noPermission, path, "you may not use this camera",
            hint: "join the video group with 'sudo usermod -aG video $USER' and log in again", underlying: reason)
    }

    /// - Parameter users: who has the device open, as far as one may see.
    func naming(_ users: [DeviceUser]) -> CaptureError {
        guard code == .busy, let first = users.first else { return self }
        let others = users.count == 1 ? "" : " and \(users.count - 1) more"
        return CaptureError(
            .busy, subject, "\(first.name) (process \(first.process))\(others) is using the camera",
            hint: "close that program")
    }

    static func noPictures(_ path: String, _ capabilities: V4L2Capabilities) -> CaptureError {
        CaptureError(
            .notACamera, path, "\(capabilities.card) is a video device that gives no pictures",
            hint: capabilities.isLoopback
                ? "it becomes a camera once a program writes to it"
                : "see which cameras there are with 'puppet devices'")
    }

    static func stalled(_ path: String, after milliseconds: Double, refused: Int) -> CaptureError {
        let seconds = (milliseconds / 1000).rounded(toPlaces: 1)
        let what = refused == 0 ? "no picture came" : "none of \(refused) pictures could be used"
        return CaptureError(
            .stalled, path, "\(what) for \(seconds) seconds", hint: "unplug the camera and plug it in again")
    }

    /// The same of a device that a program gives its pictures to: there is no cable.
    var ofLoopback: CaptureError {
        switch code {
        case .unplugged: advising("load its module again, and start the program that writes to it")
        case .stalled: advising("see whether the program that writes to it still does")
        case .cannotRead, .notSupported: advising("have the program that writes to it send YUYV, NV12 or Motion JPEG")
        default: self
        }
    }

    static func lacks(_ format: CameraFormat, _ path: String, _ offers: [FormatOffer]) -> CaptureError {
        let names = offers.map { CameraFormat($0.code)?.rawValue ?? $0.code.description }.joined(separator: ", ")
        return CaptureError(
            .notSupported, path, "the camera has no \(format.rawValue)",
            hint: "choose one of what it has: \(names)")
    }

    static func unknown(_ control: CameraControl, _ path: String, _ offers: [ControlOffer]) -> CaptureError {
        let names = offers.map(\.name).joined(separator: ", ")
        return CaptureError(
            .control, path, "the camera has no control '\(control.name)'",
            hint: offers.isEmpty ? "it has none at all" : "it has \(names)")
    }

    static func outOfRange(_ control: CameraControl, _ path: String, _ offer: ControlOffer) -> CaptureError {
        CaptureError(
            .control, path, "\(control.name) cannot be \(control.setting)", hint: "it takes \(offer.rangeText)")
    }

    static func refused(
        _ control: CameraControl, _ path: String, _ offer: ControlOffer, _ reason: Errno
    ) -> CaptureError {
        if reason == .noSuchDevice { return .failed(.setControl, path, reason) }
        return CaptureError(
            .control, path, "the camera refused \(control)",
            hint: offer.isInactive ? "an automatic control governs it: switch that off first" : nil, underlying: reason)
    }

    static func unreadable(_ path: String, _ offers: [FormatOffer], _ reason: Errno?) -> CaptureError {
        let names = offers.map(\.code.description).joined(separator: ", ")
        return CaptureError(
            .notSupported, path, "the camera offers only \(names), which we cannot read",
            hint: "use another camera", underlying: reason)
    }
}

extension Errno {
    /// ENODEV, for which swift-system has BSD's name: `operationNotSupportedByDevice`.
    static var noSuchDevice: Errno { .operationNotSupportedByDevice }
}

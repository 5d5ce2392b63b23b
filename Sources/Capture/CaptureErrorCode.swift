import System

/// Why a source could not be opened or read.
public typealias CaptureError = Failure<CaptureErrorCode>

/// What went wrong with a source of frames. Any queue.
public enum CaptureErrorCode: Sendable {
    case cannotOpen, cannotRead, empty, malformed, notSupported, tooLarge, truncated, sizeChanged
    case programMissing, programFailed
    /// Of devices: it cannot be opened because it is not there, may not be, or is something else.
    case missing, noPermission, notAVideoDevice, notACamera
    /// Another program has the device; try again later.
    case busy
    /// A control that the camera does not have, a value that it does not take, or one that it refused.
    case control
    /// No picture came in time, though the device is there.
    case stalled
    /// The device went away while it was in use: open it again when it is back.
    case unplugged
}

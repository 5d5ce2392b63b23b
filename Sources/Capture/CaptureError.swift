import Frames

/// Why a source could not be opened or read.
package typealias CaptureError = FileError<CaptureErrorCode>

package enum CaptureErrorCode: Sendable {
    case cannotOpen, cannotRead, empty, malformed, notSupported, tooLarge, truncated, sizeChanged
    case programMissing, programFailed
}

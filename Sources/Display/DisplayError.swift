import Frames

/// Why a sink could not be opened or written.
package typealias DisplayError = FileError<DisplayErrorCode>

package enum DisplayErrorCode: Sendable {
    case cannotOpen, cannotWrite, notSupported
    case programMissing, programFailed
}

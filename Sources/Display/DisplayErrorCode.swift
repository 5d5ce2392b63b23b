import System

/// Why a sink could not be opened or written.
package typealias DisplayError = Failure<DisplayErrorCode>

package enum DisplayErrorCode: Sendable {
    case cannotOpen, cannotWrite, notSupported
    /// Somebody else has it.
    case busy
    /// What it needs is not there, and may come.
    case absent
    case programMissing, programFailed
}

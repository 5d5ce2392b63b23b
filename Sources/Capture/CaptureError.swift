import System

/// Why a source could not be opened or read.
package typealias CaptureError = FileError<CaptureErrorCode>

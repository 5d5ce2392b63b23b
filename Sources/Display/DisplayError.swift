import System

/// Why a sink could not be opened or written.
package typealias DisplayError = FileError<DisplayErrorCode>

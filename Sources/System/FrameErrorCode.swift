/// Why a picture or another file could not be read or written.
package typealias FrameError = Failure<FrameErrorCode>

package enum FrameErrorCode: Sendable {
    case cannotOpen, empty, notAPicture, damaged, tooLarge, cannotWrite
}

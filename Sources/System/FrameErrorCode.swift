/// Why a picture or another file could not be read or written.
public typealias FrameError = Failure<FrameErrorCode>

public enum FrameErrorCode: Sendable {
    case cannotOpen, empty, notAPicture, damaged, tooLarge, cannotWrite
}

import SystemPackage

package enum FrameErrorCode: Sendable {
    case cannotOpen, empty, notAPicture, damaged, tooLarge, cannotWrite
}

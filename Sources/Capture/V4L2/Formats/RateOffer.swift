import CV4L2
import Frames
import SystemPackage

enum RateOffer: Equatable, Sendable {
    case unknown
    case listed([FrameRate])
    case between(slowest: FrameRate, fastest: FrameRate)
}

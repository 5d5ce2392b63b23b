import CV4L2
import Frames
import SystemPackage

/// Sizes from the smallest to the largest in steps; mostly one size, which then is both.
struct SizeOffer: Equatable, Sendable {
    let smallest: FrameSize
    let largest: FrameSize
    let stepWidth: Int
    let stepHeight: Int
    let rates: RateOffer

    init(from smallest: FrameSize, to largest: FrameSize, stepWidth: Int, stepHeight: Int, _ rates: RateOffer) {
        self.smallest = smallest
        self.largest = largest
        self.stepWidth = max(stepWidth, 1)
        self.stepHeight = max(stepHeight, 1)
        self.rates = rates
    }
}

import FOMMCore
import System

/// Which driving frame is the calibration frame.
package enum CalibrationChoice: Sendable, Equatable {
    /// By its position, from 0.
    case frame(Int)
    /// The one whose keypoints, mean-centred and divided by the square root of their hull's area, are nearest to the
    /// avatar's.
    case best

    /// Looks the driving video through beforehand, where the choice needs that.
    ///
    /// - Parameters:
    ///   - limit: frames to look at; `nil` is all of them.
    ///   - crop: what is looked at of the pictures; ``CropChoice/auto`` is the centre here.
    /// - Returns: the calibration frame; `nil` where it is simply the first one.
    /// - Throws: ``PuppetError`` `.cannotRewind` for standard input, `.noSuchFrame` beyond the last one.
    package func initial(
        in driving: DrivingSource, limit: Int?, crop: CropChoice, avatar: Avatar, _ detector: FrameDetector
    ) throws -> DrivingInitial? {
        if self == .frame(0) { return nil }
        guard driving.canRewind else {
            throw PuppetError(
                .cannotRewind, driving.name, "cannot be looked through for a calibration frame before it is used",
                hint: "write it to a file first, or calibrate on frame 0")
        }
        let driver = try DrivingFrames(driving, side: detector.model.frameSize, crop: crop, limit: limit)
        if case .frame(let chosen) = self { for _ in 0..<chosen { try driver.skip() } }
        var best: (detection: Detection, distance: Double)?
        while let frame = try driver.next() {
            let detection = frame.pixels.withBytes { detector.detection(rgb8: $0) }
            if case .frame = self { return DrivingInitial(detection, driver.viewpoint) }
            let distance = detection.keypoints.poseDistance(to: avatar.context.keypoints) ?? .infinity
            if best.map({ distance < $0.distance }) ?? true { best = (detection, distance) }
        }
        guard let best else {
            throw PuppetError(
                .noSuchFrame, driving.name, "has \(driver.read) frames and no frame \(self)",
                hint: "calibrate on an earlier one; they are counted from 0")
        }
        return DrivingInitial(best.detection, driver.viewpoint)
    }
}

extension CalibrationChoice: CustomStringConvertible {
    package var description: String {
        switch self {
        case .frame(let index): "\(index)"
        case .best: "best"
        }
    }
}

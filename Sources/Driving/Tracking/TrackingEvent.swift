import Frames
import System

/// What happened while tracking that is worth telling once.
package enum TrackingEvent: Sendable {
    case calibrated(DrivingInitial, CalibrationScore, Avatar, isImprovement: Bool)
    case noFaceToCalibrate
    /// The calibration of an earlier run is used.
    case recalled(CalibrationProfile)
    /// There is one, but it is of no use.
    case notRecalled(PuppetError)
    /// Another camera drives, by its path.
    case cameraChanged(String)
    case faceFound(FrameSquare)
    /// Whether the driver's real face is sent instead of the avatar.
    case realFace(Bool)
    case faceLost
    case faceBack
}

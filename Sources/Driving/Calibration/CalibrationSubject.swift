import Foundation

/// What a calibration belongs to: with another camera, avatar or model it has to be made again.
package struct CalibrationSubject: Sendable, Hashable, Codable {
    /// What the camera keeps across restarts and sockets: `CameraInfo.id`, or the name of the source.
    package let camera: String
    /// ``Avatar/fingerprint``.
    package let avatar: String
    /// ``FOMMModel/fingerprint``.
    package let model: String
}

import Frames

/// What to ask a camera for.
struct CameraMode: Equatable, Sendable {
    let format: CameraFormat
    let size: FrameSize
    let rate: FrameRate
}

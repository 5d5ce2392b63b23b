import Frames

/// What is asked of a camera.
public struct CameraWishes: Sendable, Equatable {
    /// The nearest that the camera has is taken; `nil` is 640x480.
    public var size: FrameSize?
    /// `nil` is 30 frames a second.
    public var rate: FrameRate?
    /// The only one that will do; `nil` for any.
    public var format: CameraFormat?
    /// Set when the camera is opened, also when it is back.
    public var controls: [CameraControl] = []
    /// How many of the driver's to ask for, 2...32.
    public var buffers = Camera.usualBuffers

    public init() {}
}

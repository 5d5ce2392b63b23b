import Frames

/// What is asked of a camera.
package struct CameraWishes: Sendable, Equatable {
    /// The nearest that the camera has is taken; `nil` is 640x480.
    package var size: FrameSize?
    /// `nil` is 30 frames a second.
    package var rate: FrameRate?
    /// The only one that will do; `nil` for any.
    package var format: CameraFormat?
    /// Set when the camera is opened, also when it is back.
    package var controls: [CameraControl] = []
    /// How many of the driver's to ask for, 2...32.
    package var buffers = Camera.usualBuffers

    package init() {}
}

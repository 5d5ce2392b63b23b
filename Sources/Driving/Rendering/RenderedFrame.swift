import Display
import Frames

/// A finished picture and when it passed each point of its journey.
package struct RenderedFrame: Sendable {
    package let picture: Picture
    package let times: FrameTimes
    package let work: PictureWork

    package var frame: Frame { picture.frame }
}

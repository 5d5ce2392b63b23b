/// Which square of an avatar's picture becomes the avatar.
package struct AvatarFraming: Sendable, Equatable {
    /// `auto`: about the face, where the model animates faces.
    package var crop: CropChoice
    /// Which face, where there are several: 1 is the largest.
    package var face: Int

    package init(crop: CropChoice = .auto, face: Int = 1) { (self.crop, self.face) = (crop, face) }
}

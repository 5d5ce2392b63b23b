/// Which square of an avatar's picture becomes the avatar.
package struct AvatarFraming: Sendable, Equatable {
    /// `auto`: about the face, where the model animates faces.
    package var crop: CropChoice
    /// Which face, where there are several: 1 is the largest.
    package var face: Int

    /// Whether the rest of the picture is shown around the avatar.
    package var pastes: Bool

    package init(crop: CropChoice = .auto, face: Int = 1, pastes: Bool = false) {
        (self.crop, self.face, self.pastes) = (crop, face, pastes)
    }
}

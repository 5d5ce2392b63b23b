import Frames

/// What of a picture became the avatar, and why.
package struct AvatarView: Sendable {
    package enum Reason: Sendable {
        /// It was asked for, or the model does not animate faces.
        case asked
        /// A face was found; with how many there are.
        case face(FoundFace, of: Int)
        /// The middle, for want of a face.
        case noFace
    }

    /// In pixels of the picture.
    package let square: FrameSquare
    /// Of the picture.
    package let size: FrameSize
    package let reason: Reason

    package init(_ square: FrameSquare, of size: FrameSize, _ reason: Reason) {
        (self.square, self.size, self.reason) = (square, size, reason)
    }

    /// What a user may want to know about it, in one line.
    ///
    /// - Parameter name: of the avatar.
    package func notice(about name: String) -> String? {
        switch reason {
        case .face(_, let count) where count > 1:
            "\(name): shows \(count) faces; the largest is face 1, --face N takes another"
        case .noFace:
            "\(name): no face found in it, so its middle is shown; --avatar-crop X,Y,SIZE shows another part"
        case .asked, .face: nil
        }
    }
}

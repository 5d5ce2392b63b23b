/// How large a picture the generator makes, before somebody enlarges it to the frame size.
///
/// Encoder, bottleneck and decoder are convolutions and run at any size, with the same weights; the motion is estimated as
/// for the full picture. A smaller picture costs as its area does, and is softer.
package enum PictureScale: Int, CaseIterable, Sendable {
    case full = 4
    case threeQuarters = 3
    case half = 2

    /// Rows and columns, for frames of `frameSize`.
    package func size(of frameSize: Int) -> Int { frameSize * rawValue / PictureScale.full.rawValue }
}

/// How much of a picture is computed.
package struct GeneratorEffort: Sendable, Hashable {
    package var scale: PictureScale
    /// `nil` computes everything.
    package var changes: ChangeRule?

    package init(scale: PictureScale = .full, changes: ChangeRule? = nil) {
        self.scale = scale
        self.changes = changes
    }

    package static let everything = GeneratorEffort()
}

/// Which tiles of the warped avatar count as changed since the picture before, and how far around them is computed anew.
/// Whatever is left is what it was.
package struct ChangeRule: Sendable, Hashable {
    /// Change of a tile's features, of their magnitude in the whole avatar; where they are fainter than there, as where the
    /// occlusion map hides the avatar, of the geometric mean of both: what the network makes up is sensitive. 0: whatever
    /// is not equal.
    package var threshold: Float
    /// Tiles around a changed one that the bottleneck computes with it; `nil` for as many as its convolutions see.
    package var reach: Int?

    package init(threshold: Float, reach: Int?) {
        self.threshold = threshold
        self.reach = reach
    }

    /// The same pictures, bit for bit.
    package static let exact = ChangeRule(threshold: 0, reach: nil)
}

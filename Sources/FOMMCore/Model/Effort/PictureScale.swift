/// How large a picture the generator makes, before somebody enlarges it to the frame size.
///
/// Encoder, bottleneck and decoder are convolutions and run at any size, with the same weights; the motion is estimated as
/// for the full picture. A smaller picture costs as its area does, and is softer.
public enum PictureScale: Int, CaseIterable, Sendable {
    case full = 4
    case threeQuarters = 3
    case half = 2

    /// Rows and columns, for frames of `frameSize`.
    public func size(of frameSize: Int) -> Int { frameSize * rawValue / PictureScale.full.rawValue }
}

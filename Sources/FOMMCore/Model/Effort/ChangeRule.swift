/// Which tiles of the warped avatar count as changed since the picture before, and how far around them is computed anew.
/// Whatever is left is what it was.
public struct ChangeRule: Sendable, Hashable {
    /// Change of a tile's features, of their magnitude in the whole avatar; where they are fainter than there, as where the
    /// occlusion map hides the avatar, of the geometric mean of both: what the network makes up is sensitive. 0: whatever
    /// is not equal.
    public var threshold: Float
    /// Tiles around a changed one that the bottleneck computes with it; `nil` for as many as its convolutions see.
    public var reach: Int?

    public init(threshold: Float, reach: Int?) {
        self.threshold = threshold
        self.reach = reach
    }

    /// The same pictures, bit for bit.
    public static let exact = ChangeRule(threshold: 0, reach: nil)
}

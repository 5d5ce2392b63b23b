/// How much of a picture is computed.
public struct GeneratorEffort: Sendable, Hashable {
    public var scale: PictureScale
    /// `nil` computes everything.
    public var changes: ChangeRule?

    public init(scale: PictureScale = .full, changes: ChangeRule? = nil) {
        self.scale = scale
        self.changes = changes
    }

    public static let everything = GeneratorEffort()
}

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

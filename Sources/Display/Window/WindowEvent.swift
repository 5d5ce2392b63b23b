/// What the user asks of the program through its window. ``WindowKey`` says which key asks for what.
public enum WindowEvent: Hashable, Sendable {
    /// Escape, or the window was closed.
    case quit
    /// Concerns only what this window shows; ``ViewOptions/apply(_:)`` answers it.
    case view(ViewChange)
    /// For the pipeline.
    case command(WindowCommand)
}

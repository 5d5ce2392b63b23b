/// Which camera is to drive instead of the one that does.
package enum CameraStep: Sendable, Equatable {
    case next
    /// From 0, in the order in which they are shown.
    case index(Int)
    /// Whose path or name this is, or whose name has it in it, in whatever case.
    case named(String)
}

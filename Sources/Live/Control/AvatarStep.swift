/// Which avatar to show instead of the current one.
package enum AvatarStep: Sendable, Equatable {
    case next
    case previous
    /// From 0; past the last one means the last one.
    case index(Int)
    /// Whose name this is, or the only one whose name begins so, in whatever case.
    case named(String)
    /// Any but the current one, where there are several.
    case random
}

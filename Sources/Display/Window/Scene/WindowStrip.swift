/// What a strip along the window's lower edge shows.
package enum WindowStrip: Hashable, Sendable {
    case avatars
    case cameras
}

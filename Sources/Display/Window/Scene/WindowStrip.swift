/// What a strip along the window's lower edge shows.
public enum WindowStrip: Hashable, Sendable {
    case avatars
    case cameras
}

/// What the guide looks like: 60 % of the preview's width and 80 % of its height either way.
public enum GuideShape: Hashable, Sendable {
    case oval, rectangle
}

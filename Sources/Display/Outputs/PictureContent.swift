/// What a picture of a live run is.
public enum PictureContent: Sendable, Equatable {
    /// The avatar, as a driving frame moves it.
    case avatar
    /// The same for windows and files; a virtual camera shows the card instead.
    case card(StandbyCard)
    /// No driving frame stands behind it: it bridges the time until the camera is back, and nothing counts it. A virtual
    /// camera shows the card instead, where there is one.
    case filler(StandbyCard?)
    /// The driver's own picture.
    case realFace

    /// What a virtual camera shows instead.
    public var card: StandbyCard? {
        switch self {
        case .avatar, .realFace: nil
        case .card(let card): card
        case .filler(let card): card
        }
    }

    public var isFiller: Bool { if case .filler = self { true } else { false } }
}

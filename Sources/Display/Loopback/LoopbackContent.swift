/// What a loopback camera is given to show.
enum LoopbackContent: Sendable {
    case card(StandbyCard)
    case picture(Picture)
}

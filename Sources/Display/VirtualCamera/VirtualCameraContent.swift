/// What a loopback camera is given to show.
enum VirtualCameraContent: Sendable {
    case card(StandbyCard)
    case picture(Picture)
}

/// Which standard's weights of red, green and blue make up luma.
enum YUVEncoding: CaseIterable, Sendable {
    case bt601, bt709, bt2020, smpte240

    /// Of red and of blue; green has the rest.
    var shares: (red: Double, blue: Double) {
        switch self {
        case .bt601: (0.299, 0.114)
        case .bt709: (0.2126, 0.0722)
        case .bt2020: (0.2627, 0.0593)
        case .smpte240: (0.212, 0.087)
        }
    }
}

import Frames

/// When a source is read.
enum CapturePace: Sendable, Equatable {
    /// As its pictures come: a camera's clock is its own, and whoever reads by another falls behind, or waits, by a buffer in
    /// minutes.
    case asPicturesCome
    /// So many nanoseconds apart: what could be read at once is shown at its own rate.
    case every(UInt64)

    init(_ source: any FrameSource) {
        self = source.isLive ? .asPicturesCome : .every(source.frameRate.time(ofFrame: 1))
    }
}

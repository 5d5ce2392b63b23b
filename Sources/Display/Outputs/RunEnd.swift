import System

/// When a live run ended, by both of its clocks.
public struct RunEnd: Sendable {
    public let time: MonotonicTime
    /// How many frames the source had given by then.
    public let framesRead: Int

    public init(time: MonotonicTime, framesRead: Int) {
        self.time = time
        self.framesRead = framesRead
    }
}

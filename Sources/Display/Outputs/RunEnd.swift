import System

/// When a live run ended, by both of its clocks.
package struct RunEnd: Sendable {
    package let time: MonotonicTime
    /// How many frames the source had given by then.
    package let framesRead: Int

    package init(time: MonotonicTime, framesRead: Int) {
        self.time = time
        self.framesRead = framesRead
    }
}

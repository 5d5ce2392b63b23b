import Frames
import System

/// How long a video is that has been written.
package struct RecordingLength: Sendable, Equatable {
    package let frames: Int
    package let rate: FrameRate

    package init(frames: Int, rate: FrameRate) {
        self.frames = frames
        self.rate = rate
    }

    /// When its last frame ends.
    package var seconds: Double { Double(rate.time(ofFrame: frames)) / 1e9 }

    /// For people: "90 frames, 3.0 s".
    package var summary: String { "\(frames) frame\(frames == 1 ? "" : "s"), \(tenths(seconds)) s" }
}

import Frames
import System

/// How long a video is that has been written.
public struct RecordingLength: Sendable, Equatable {
    public let frames: Int
    public let rate: FrameRate

    public init(frames: Int, rate: FrameRate) {
        self.frames = frames
        self.rate = rate
    }

    /// When its last frame ends.
    public var seconds: Double { Double(rate.time(ofFrame: frames)) / 1e9 }

    /// For people: "90 frames, 3.0 s".
    public var summary: String { "\(frames) frame\(frames == 1 ? "" : "s"), \(tenths(seconds)) s" }
}

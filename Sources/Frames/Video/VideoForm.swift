/// What is known of a video before its first picture is written.
public struct VideoForm: Sendable, Equatable {
    /// Of every frame.
    public let size: FrameSize
    public let rate: FrameRate
    /// How many frames there will be; `nil` where nobody knows.
    public let frames: Int?
    /// What is to be heard with it; `nil` for nothing. Only containers that ffmpeg writes have room for it.
    public let sound: Soundtrack?

    public init(_ size: FrameSize, _ rate: FrameRate, frames: Int? = nil, sound: Soundtrack? = nil) {
        self.size = size
        self.rate = rate
        self.frames = frames
        self.sound = sound
    }
}

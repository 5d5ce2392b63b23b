import System

/// The sound that goes with a source's pictures: the first audio track of a file, where it has one.
public struct Soundtrack: Sendable, Equatable {
    /// Of the file.
    public let path: String
    /// Seconds of the file's time, as it was recorded, at which its first picture is shown: what is to be heard before that is
    /// left out.
    public let start: Double
    /// How many times as fast as it was recorded it is played; above 0.
    public let speed: Double

    public init(path: String, start: Double = 0, speed: Double = 1) {
        self.path = path
        self.start = start
        self.speed = speed
    }

    /// The same, so many times as fast.
    public func faster(by factor: Double) -> Soundtrack { Soundtrack(path: path, start: start, speed: speed * factor) }
}

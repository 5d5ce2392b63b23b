import System

/// The sound that goes with a source's pictures: the first audio track of a file, where it has one.
package struct Soundtrack: Sendable, Equatable {
    /// Of the file.
    package let path: String
    /// How many times as fast as it was recorded it is played; above 0.
    package let speed: Double

    package init(path: String, speed: Double = 1) {
        self.path = path
        self.speed = speed
    }

    /// The same, so many times as fast.
    package func faster(by factor: Double) -> Soundtrack { Soundtrack(path: path, speed: speed * factor) }

    /// Whether the file's time begins, for ffmpeg, with the first stream that is read of it: pictures and sound that are read
    /// one after the other would both begin at 0. Other containers keep the distance that they have.
    package static func needsCompany(_ path: String) -> Bool {
        ["ts", "mts", "m2ts", "m2t", "tp", "trp"].contains(fileExtension(of: path) ?? "")
    }
}

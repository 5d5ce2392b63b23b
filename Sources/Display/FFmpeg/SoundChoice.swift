import Frames

/// One way to get sound into a video, as ffmpeg is told.
struct SoundChoice: Sendable {
    private let sound: Soundtrack
    private let encoder: String?

    /// - Parameter encoder: `nil` copies it as it is, which only a speed of 1 allows.
    init(_ sound: Soundtrack, encoder: String?) {
        precondition(encoder != nil || sound.speed == 1, "sound of another speed has to be encoded")
        self.sound = sound
        self.encoder = encoder
    }

    /// - Parameter seconds: of the pictures; the sound ends with them.
    func input(seconds: Double) -> [String] { ["-t", "\(seconds * sound.speed)", "-i", "file:\(sound.path)"] }

    /// What else is written, and thrown away, behind the video.
    var company: [String] {
        Soundtrack.needsCompany(sound.path) ? ["-map", "1:V:0", "-c", "copy", "-f", "null", "/dev/null"] : []
    }

    /// A file without sound is none that fails.
    var output: [String] {
        guard let encoder else { return ["-map", "1:a:0?", "-c:a", "copy"] }
        let faster = sound.speed == 1 ? [] : ["-af", Self.filter(sound.speed)]
        return ["-map", "1:a:0?", "-c:a", encoder] + faster
    }

    /// As a tape that runs faster sounds: what keeps the pitch (`atempo`) is 30 ms off, and drifts.
    private static func filter(_ speed: Double) -> String {
        let rate = 48000
        let faster = Int((Double(rate) * speed).rounded())
        return "aresample=\(rate):async=1:first_pts=0,asetrate=\(faster),aresample=\(rate)"
    }
}

import Frames

/// One way to get sound into a video, as ffmpeg is told.
struct SoundChoice: Sendable {
    private let sound: Soundtrack
    private let encoder: String?

    /// - Parameter encoder: `nil` copies it as it is, which ``canBeCopied(_:)`` has to allow.
    init(_ sound: Soundtrack, encoder: String?) {
        precondition(
            encoder != nil || Self.canBeCopied(sound), "sound that is cut or of another speed has to be encoded")
        self.sound = sound
        self.encoder = encoder
    }

    /// Whether nothing has to be done to it: packets are longer than pictures and sound may be apart.
    static func canBeCopied(_ sound: Soundtrack) -> Bool { sound.speed == 1 && sound.start == 0 }

    /// - Parameter seconds: of the pictures; the sound ends with them.
    func input(seconds: Double) -> [String] {
        ["-t", "\(sound.start + seconds * sound.speed)", "-i", "file:\(sound.path)"]
    }

    /// What else is written, and thrown away, behind the video: the time of some containers begins, for ffmpeg, with the first
    /// stream that is read of them, and pictures and sound that are read one after the other would both begin at 0.
    let company = ["-map", "1:V:0?", "-map", "1:a:0?", "-c", "copy", "-f", "null", "/dev/null"]

    /// A file without sound is none that fails.
    var output: [String] {
        guard let encoder else { return ["-map", "1:a:0?", "-c:a", "copy"] }
        return ["-map", "1:a:0?", "-c:a", encoder, "-af", ([cut].compactMap(\.self) + filling).joined(separator: ",")]
    }

    private var cut: String? {
        sound.start == 0 ? nil : "atrim=start=\(sound.start),asetpts=PTS-\(sound.start)/TB"
    }

    /// With silence where there is no sound, as not every container can say; then as a tape that runs faster sounds: what keeps
    /// the pitch (`atempo`) is 30 ms off, and drifts.
    private var filling: [String] {
        guard sound.speed != 1 else { return ["aresample=async=1:first_pts=0"] }
        let rate = 48000
        let faster = Int((Double(rate) * sound.speed).rounded())
        return ["aresample=\(rate):async=1:first_pts=0", "asetrate=\(faster)", "aresample=\(rate)"]
    }
}

import SystemPackage

/// Whether video files beside Y4M can be read and written.
struct FFmpegCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        if let path = system.program("ffmpeg") { return .ok("ffmpeg", path) }
        return .note(
            "ffmpeg", "not found; of video files only .y4m can be read and written",
            remedy: "sudo apt install ffmpeg")
    }
}

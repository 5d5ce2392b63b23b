import System

/// What ffmpeg is told for a container, which is chosen by the extension of the file's name.
///
/// A recording has to play whatever happens while it is made. MP4 and its kin are therefore written in fragments, and made
/// into a plain file, which every player seeks in, when they are finished; Matroska and WebM play without their end anyway.
struct FFmpegContainer: Sendable {
    /// The extension, in lower case.
    let name: String

    init(path: String) { name = fileExtension(of: path) ?? "" }

    /// Whether a file is written in fragments first.
    var isFragmented: Bool { ["mp4", "m4v", "mov"].contains(name) }

    /// Whether what has been written plays although its end is missing.
    var playsUnfinished: Bool { isFragmented || ["mkv", "webm", "ts"].contains(name) }

    /// How the name of the file ends that the pictures are written to.
    var workingSuffix: String { isFragmented ? ".mp4" : ".\(name)" }

    /// Of a video of `size` in this container.
    func pictureArguments(width: Int, height: Int) -> [String] {
        // MPEG-2, which ffmpeg would choose for .ts, knows a few rates only.
        var arguments =
            isFragmented || ["mkv", "ts"].contains(name) ? Self.h264Arguments(width: width, height: height) : []
        if isFragmented {
            arguments += ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "1000000"]
        }
        if ["mkv", "webm"].contains(name) { arguments += ["-cluster_time_limit", "1000"] }
        // Better no file than one with fewer pictures, where a codec does not know the rate.
        return arguments + ["-force_fps", "-flush_packets", "1"]
    }

    /// Of H.264 that every player shows.
    static func h264Arguments(width: Int, height: Int) -> [String] {
        let arguments = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-colorspace", "smpte170m", "-color_range", "tv"]
        guard width % 2 != 0 || height % 2 != 0 else { return arguments }
        return arguments + ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"]  // in 4:2:0 it has even sizes only
    }

    /// Of a finished file.
    var finishingArguments: [String] { isFragmented ? ["-movflags", "+faststart"] : [] }

    /// Whether sound may stay as it is: AVI does not say that an encoder begins with silence, and would play it late.
    var copiesSound: Bool { name != "avi" }

    /// What sound is encoded with that the container does not take as it is; `nil` where there is no room for any.
    var soundEncoder: String? {
        switch name {
        case "mp4", "m4v", "mov", "mkv", "ts": "aac"
        case "avi": "pcm_s16le"
        case "webm": "libopus"
        default: nil
        }
    }
}

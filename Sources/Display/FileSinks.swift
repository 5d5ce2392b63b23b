import Frames
import Glibc
import System
import SystemPackage

/// Opens the file sink that `path` names: `null`, `-` for Y4M on standard output, a `.y4m` file, a folder of PNG
/// pictures (any name without an extension, or an existing folder), or any other video file through the ffmpeg program.
///
/// - Parameters:
///   - form: of what will be written.
///   - standardOutput: the descriptor that `-` stands for; it stays open.
///   - searchPath: where to look for ffmpeg, the value of `PATH`.
/// - Throws: ``DisplayError``, or `FrameError` for a file that cannot be created.
public func openFileSink(
    path: String, _ form: VideoForm, standardOutput: CInt = 1, searchPath: String
) throws -> any FrameSink {
    if path == "null" { return NullSink() }
    if path == "-" {
        guard isatty(standardOutput) == 0 else {
            throw DisplayError(
                .notSupported, "standard output", "video cannot be shown in a terminal",
                hint: "pipe it into another program, or name a file")
        }
        return try Y4MWriter(descriptor: standardOutput, name: "standard output", size: form.size, rate: form.rate)
    }
    guard !path.hasPrefix("/dev/video") else {
        throw DisplayError(
            .notSupported, path, "a loopback camera takes live pictures only",
            hint: "use puppet --output \(path), without animate")
    }
    guard PipeWireDevice.name(of: path) == nil else {
        throw DisplayError(
            .notSupported, path, "a camera of PipeWire takes live pictures only",
            hint: "use puppet --output \(path), without animate; for a file of that name, ./\(path)")
    }
    let kind = try DisplayError.explaining(
        try FileKind(path: path), .cannotOpen, path, "cannot use this place", hint: "choose another")
    if kind == .disk {
        throw DisplayError(
            .notSupported, path, "it is a disk, and would be overwritten", hint: "give the name of a file")
    }
    if kind == .missing, isDevice(path) {
        throw DisplayError(.cannotOpen, path, "there is no such device", hint: "give the name of a file or folder")
    }
    if kind != .folder, let misreading = Misreading(path) {
        throw DisplayError(.notSupported, path, misreading.meaning, hint: misreading.hint)
    }
    if kind == .folder || path.hasSuffix("/") { return try PNGFolder(path: path) }
    switch (fileExtension(of: path), kind) {
    case ("y4m", _), (nil, .special):
        return try Y4MWriter(path: path, size: form.size, rate: form.rate)
    case (nil, .regular):
        throw DisplayError(
            .cannotOpen, path, "it is a file whose name has no extension",
            hint: "give .y4m, .mp4 or another video extension, or a folder")
    case (nil, _):
        return try PNGFolder(path: path)
    case (let ending?, _) where Pictures.endings.contains(ending):
        throw DisplayError(
            .notSupported, path, "one picture cannot hold a video", hint: "give a folder or a video file")
    case (let ending?, _) where Playlists.endings.contains(ending):
        throw DisplayError(
            .notSupported, path, "it would be a list of many files, which are not complete before the last one",
            hint: "write .mp4 or .mkv, and let ffmpeg cut that up")
    default:
        return try FFmpegEncoder(path: path, form, searchPath: searchPath)
    }
}

/// How the name of a video ends that needs nothing but what is installed.
///
/// - Parameter searchPath: where to look for ffmpeg, the value of `PATH`.
public func videoEnding(searchPath: String) -> String {
    FFmpegProgram(searchPath: searchPath) == nil ? "y4m" : "mp4"
}

private enum Pictures {
    static let endings: Set<String> = [
        "png", "jpg", "jpeg", "bmp", "tif", "tiff", "heic", "heif", "avif", "tga", "ppm", "pgm", "jp2", "jxl", "ico",
    ]
}

/// What ffmpeg writes beside the file that it is asked for.
private enum Playlists {
    static let endings: Set<String> = ["m3u8", "m3u", "mpd", "ism", "isml", "ffconcat"]
}

/// A path that would make a folder of a name which means something else.
private enum Misreading {
    case address, standardOutput, extensionAlone(String)

    init?(_ path: String) {
        let scheme = path.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        let isScheme = Self.schemes.contains(scheme.lowercased()) && path.dropFirst(scheme.count).hasPrefix(":")
        if isScheme || !scheme.isEmpty && path.dropFirst(scheme.count).hasPrefix("://") {
            self = .address
        } else if path == "pipe:" || path == "pipe:1" {
            self = .standardOutput
        } else if let name = FilePath(path).lastComponent?.string, !path.hasSuffix("/"),
            Self.extensions.contains((name.first == "." ? name.dropFirst() : name[...]).lowercased())
        {
            self = .extensionAlone(name.first == "." ? name : ".\(name)")
        } else {
            return nil
        }
    }

    /// Of addresses that are mistyped with one slash.
    private static let schemes: Set<String> = [
        "rtmp", "rtmps", "rtsp", "rtp", "udp", "tcp", "srt", "http", "https", "ftp",
    ]
    /// Of files that people write videos to.
    private static let extensions: Set<String> = ["y4m", "mp4", "m4v", "mov", "mkv", "webm", "avi", "gif", "ts"]

    var meaning: String {
        switch self {
        case .address: "it is an address on the network, not a file"
        case .standardOutput: "that is ffmpeg's word for standard output"
        case .extensionAlone: "that is an extension without a name"
        }
    }

    var hint: String {
        switch self {
        case .address: "say --output - and let ffmpeg send what it reads from there"
        case .standardOutput: "say -"
        case .extensionAlone(let name): "give a name, such as avatar\(name)"
        }
    }
}

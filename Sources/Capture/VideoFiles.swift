import Frames
import Glibc
import System
import SystemPackage

/// Opens the video that `path` names: `-` for Y4M on standard input, a pipe of it, a `.y4m` file, a folder of pictures, one
/// picture, or any other video file through the ffmpeg program.
///
/// - Parameters:
///   - standardInput: the descriptor that `-` stands for; it stays open.
///   - searchPath: where to look for ffmpeg, the value of `PATH`.
/// - Throws: ``CaptureError``, or `FrameError` for a picture in a folder.
public func openVideo(
    _ path: String, standardInput: CInt = 0, searchPath: String
) throws -> any FrameSource {
    if path == "-" {
        guard isatty(standardInput) == 0 else {
            throw CaptureError(
                .notSupported, "standard input", "it is a terminal, not a Y4M stream",
                hint: "pipe one in, for example from ffmpeg -i FILE -pix_fmt yuv420p -f yuv4mpegpipe -")
        }
        return try squarePixels(of: Y4MReader(descriptor: standardInput, name: "standard input"))
    }
    let tools = ImageTools(searchPath: searchPath)
    let kind = try CaptureError.explaining(
        try FileKind(path: path), .cannotOpen, path, "cannot open it", hint: "check the path and its permissions")
    switch kind {
    case .missing where path.contains("://"):
        throw CaptureError(
            .notSupported, path, "it is an address on the network, not a file",
            hint: "let ffmpeg receive it: ffmpeg -i ADDRESS -pix_fmt yuv420p -f yuv4mpegpipe - | puppet --driving -")
    case .missing where !path.contains("/") && fileExtension(of: path) == nil:
        throw CaptureError(
            .cannotOpen, path, "there is no such file or folder, and no camera is called so",
            hint: "check the path, or see which cameras there are with 'puppet devices'")
    case .missing:
        throw CaptureError(.cannotOpen, path, "there is no such file or folder", hint: "check the path")
    case .folder:
        return try ImageFolder(path: path, tools)
    case .special where fileExtension(of: path) == nil:
        return try squarePixels(of: Y4MReader(path: path))
    case .regular, .special, .disk:
        if fileExtension(of: path) == "y4m" {
            let reader = try Y4MReader(path: path)
            if reader.hasSquarePixels { return reader }
            guard ChildProcess.find("ffmpeg", searchPath: searchPath) != nil else {
                throw CaptureError.oblongPixels(path)
            }
        }
        return try pictureOrVideo(path, tools, searchPath: searchPath)
    }
}

/// Pictures are told by what they are, and by their names where that says nothing.
private func pictureOrVideo(_ path: String, _ tools: ImageTools, searchPath: String) throws -> any FrameSource {
    switch ImageFile.kind(of: path) {
    case .still: return try ImageFolder(picture: path, tools)
    case .animatedPNG where ChildProcess.find("ffmpeg", searchPath: searchPath) != nil:
        return try FFmpegVideo(path: path, demuxer: "apng", searchPath: searchPath)
    case .motionJPEG where ChildProcess.find("ffmpeg", searchPath: searchPath) != nil:
        return try FFmpegVideo(path: path, demuxer: "mjpeg", searchPath: searchPath)
    case .animatedPNG, .motionJPEG: return try ImageFolder(picture: path, tools)
    case .animatedWebP:
        do {
            return try FFmpegVideo(path: path, searchPath: searchPath)
        } catch let error as CaptureError where error.code == .programFailed {
            throw FrameError.animatedWebP(path)
        }
    case nil where ImageFolder.isPicture(path): return try ImageFolder(picture: path, tools)
    case nil:
        guard (try? FileBytes(startOf: path, count: 1).withBytes(\.isEmpty)) != true else {
            throw CaptureError(.empty, path, "the file is empty (0 bytes)", hint: "give a video, or a picture")
        }
        return try FFmpegVideo(path: path, searchPath: searchPath)
    }
}

/// A stream that cannot be read again by somebody who resamples it.
private func squarePixels(of stream: Y4MReader) throws(CaptureError) -> Y4MReader {
    guard stream.hasSquarePixels else { throw .oblongPixels(stream.name) }
    return stream
}

extension CaptureError {
    fileprivate static func oblongPixels(_ name: String) -> CaptureError {
        CaptureError(
            .notSupported, name, "its pixels are not square (tag A), so faces would be too narrow or too wide",
            hint: "make them square first, for example with ffmpeg -vf scale=iw*sar:ih,setsar=1")
    }
}

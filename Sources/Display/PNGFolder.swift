import Frames
import Glibc
import System
import SystemPackage

/// Writes each picture as a PNG of its own: 000001.png, 000002.png and so on. One queue owns a value.
///
/// A picture is complete when it appears. Once all are there, those of an older video that had more go; other files stay.
public final class PNGFolder: FrameSink {
    public let name: String
    private var framesWritten = 0
    /// The last picture, which nobody overwrites while it is held here, and its file: a live run repeats pictures.
    private var last: (pixels: PixelBuffer, bytes: [UInt8])?

    /// Creates the folder, and those above it, where they are missing.
    ///
    /// - Throws: ``DisplayError`` `.cannotOpen`.
    public init(path: String) throws(DisplayError) {
        name = path
        try DisplayError.explaining(
            try Self.create(path), .cannotOpen, path, "cannot create the folder", hint: "choose another place")
    }

    /// - Throws: `FrameError` `.cannotWrite`; the pictures before it stay.
    public func write(_ frame: Frame) throws {
        if last?.pixels !== frame.pixels { last = (frame.pixels, PNGFile.encode(frame.pixels)) }
        do throws(FrameError) {
            try PNGFile.write(last!.bytes, to: Self.path(framesWritten + 1, in: name))
        } catch {
            let before = framesWritten
            throw before > 0 ? error.advising("the \(before) before it are complete, and stay") : error
        }
        framesWritten += 1
    }

    public func finish() {
        last = nil
        for number in Self.numbers(in: name) where number > framesWritten {
            Self.path(number, in: name).withFileName { _ = unlink($0) }
        }
    }

    public func cancel() {}

    public func keep() -> Bool { framesWritten > 0 }

    /// The names in a folder that are called as ours, which writing there replaces or removes; none where it cannot be read.
    public static func pictures(in folder: String) -> [String] {
        folderEntries(folder).filter { number(of: $0) != nil }
    }

    /// Of a file that is called as a picture of ours, the folder; `nil` of others.
    public static func folder(ofPicture path: String) -> String? {
        let file = FilePath(path)
        guard let name = file.lastComponent?.string, number(of: name) != nil else { return nil }
        let folder = file.removingLastComponent()
        return folder.isEmpty ? "." : folder.string
    }

    static func numbers(in folder: String) -> [Int] { folderEntries(folder).compactMap(number) }

    private static func number(of name: String) -> Int? { name.wholeMatch(of: /(\d{6,})\.png/).flatMap { Int($0.1) } }

    private static func path(_ number: Int, in folder: String) -> String {
        let digits = String(number)
        return "\(folder)/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
    }

    private static func create(_ path: String) throws(Errno) {
        switch try FileKind(path: path) {
        case .folder: return
        case .regular, .special, .disk: throw Errno.notDirectory
        case .missing: break
        }
        let parent = FilePath(path).removingLastComponent()
        if !parent.isEmpty { try create(parent.string) }
        do throws(Errno) {
            _ = try systemCall { path.withFileName { mkdir($0, 0o777) } }
        } catch .fileExists {  // somebody else was quicker
        }
    }
}

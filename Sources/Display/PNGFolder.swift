import Frames
import Glibc
import System
import SystemPackage

/// Writes each picture as a PNG of its own: 000001.png, 000002.png and so on. One queue owns a value.
///
/// A picture is complete when it appears; older files in the folder stay unless they have the same name.
package final class PNGFolder: FrameSink {
    package let name: String
    private var framesWritten = 0

    /// Creates the folder, and those above it, where they are missing.
    ///
    /// - Throws: ``DisplayError`` `.cannotOpen`.
    package init(path: String) throws(DisplayError) {
        name = path
        try DisplayError.explaining(
            try Self.create(path), .cannotOpen, path, "cannot create the folder", hint: "choose another place")
    }

    /// - Throws: ``FrameError`` `.cannotWrite`.
    package func write(_ frame: Frame) throws {
        let number = String(framesWritten + 1)
        let zeros = String(repeating: "0", count: max(0, 6 - number.count))
        try PNGFile.write(frame, to: "\(name)/\(zeros)\(number).png")
        framesWritten += 1
    }

    package func finish() {}

    package func cancel() {}

    private static func create(_ path: String) throws(Errno) {
        switch try FileKind(path: path) {
        case .folder: return
        case .regular, .special: throw Errno.notDirectory
        case .missing: break
        }
        let parent = FilePath(path).removingLastComponent()
        if !parent.isEmpty { try create(parent.string) }
        do throws(Errno) {
            _ = try systemCall { mkdir(path, 0o777) }
        } catch .fileExists {  // somebody else was quicker
        }
    }
}

import Assets
import Capture
import FOMMCore
import Frames
import System

/// The avatars a run can show: one picture, every picture of a folder, or the bundled one. Pictures are read when they are
/// wanted.
package struct AvatarList: Sendable {
    private let path: String?
    /// Their files; `nil` is the bundled one.
    private let entries: [String?]

    /// - Parameter path: a PNG or JPEG, or a folder of them; `nil` is the bundled portrait.
    /// - Throws: ``PuppetError`` `.noAvatar` for an empty folder; what is wrong with a picture shows in ``load(_:_:)``.
    package init(_ path: String?) throws {
        self.path = path
        guard let path else {
            entries = [nil]
            return
        }
        guard (try? FileKind(path: path)) == .folder else {
            entries = [path]
            return
        }
        entries = try ImageFolder.picturePaths(in: path)
        guard !entries.isEmpty else {
            throw PuppetError(
                .noAvatar, path, "the folder has no PNG or JPEG in it", hint: "put portraits there, or name one")
        }
    }

    package var count: Int { entries.count }

    /// The same folder as it is now. - Throws: as `init`.
    package func readAgain() throws -> AvatarList { try AvatarList(path) }

    /// - Parameters:
    ///   - index: 0 ..< ``count``.
    ///   - scales: sizes of picture that it is encoded for besides the full one.
    /// - Throws: ``FrameError`` where the picture cannot be read.
    package func load(
        _ index: Int, _ detector: FrameDetector, scales: [PictureScale] = []
    ) throws(FrameError) -> Avatar {
        guard let path = entries[index] else {
            return Avatar(try EmbeddedAssets.portrait(), name: "bundled portrait", detector, scales: scales)
        }
        return Avatar(try ImageFile.read(path), name: path, detector, scales: scales)
    }
}

import Assets
import Capture
import FOMMCore
import Frames
import System

/// The avatars a run can show: one picture, every picture of a folder, or the bundled one. Pictures are read when they are
/// wanted.
package struct AvatarList: Sendable {
    private let path: String?
    private let framing: AvatarFraming
    /// Their files; `nil` is the bundled one.
    private let entries: [String?]

    /// - Parameters:
    ///   - path: a PNG or JPEG, or a folder of them; `nil` is the bundled portrait.
    ///   - framing: of every picture.
    /// - Throws: ``PuppetError`` `.noAvatar` for an empty folder; what is wrong with a picture shows in ``load(_:_:)``.
    package init(_ path: String?, _ framing: AvatarFraming = AvatarFraming()) throws {
        self.path = path
        self.framing = framing
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

    /// The pictures' files; none for the bundled one.
    package var paths: [String] { entries.compactMap(\.self) }

    /// The same folder as it is now. - Throws: as `init`.
    package func readAgain() throws -> AvatarList { try AvatarList(path, framing) }

    /// - Parameter index: 0 ..< ``count``.
    /// - Throws: ``FrameError`` where the picture cannot be read; what ``AvatarReader`` throws.
    package func load(_ index: Int, _ reader: AvatarReader) throws -> Avatar {
        guard let path = entries[index] else {
            // It is framed as it should be.
            let framing = framing == AvatarFraming() ? AvatarFraming(crop: .center) : framing
            return try reader.avatar(try EmbeddedAssets.portrait(), name: "bundled portrait", framing)
        }
        return try reader.avatar(try ImageFile.read(path), name: path, framing)
    }
}

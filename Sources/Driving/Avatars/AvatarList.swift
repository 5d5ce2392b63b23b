import Assets
import Capture
import FOMMCore
import Frames
import System

/// The avatars a run can show: one picture, every picture of a folder, or the bundled one, and what was added since.
/// Pictures are read when they are wanted.
package struct AvatarList: Sendable {
    private enum Entry: Sendable {
        case bundled
        case file(String)
        /// Standard input, which can be read once.
        case piped(PixelBuffer)

        var path: String? { if case .file(let path) = self { path } else { nil } }
    }

    private let path: String?
    private let framing: AvatarFraming
    private let tools: ImageTools
    private var entries: [Entry]
    private var added: [String] = []

    /// - Parameters:
    ///   - path: a picture, a folder of them, or `-` for one on standard input; `nil` is the bundled portrait.
    ///   - framing: of every picture.
    ///   - tools: to read them with.
    ///   - standardInput: the descriptor that `-` stands for.
    /// - Throws: ``PuppetError`` `.noAvatar` for an empty folder; what is wrong with a picture shows in ``load(_:_:)``.
    package init(
        _ path: String?, _ framing: AvatarFraming = AvatarFraming(), _ tools: ImageTools = .none,
        standardInput: CInt = 0
    ) throws {
        self.path = path
        self.framing = framing
        self.tools = tools
        switch path {
        case nil: entries = [.bundled]
        case "-": entries = [.piped(try ImageFile.read(descriptor: standardInput, name: "standard input"))]
        case let path?: entries = try Self.files(path)
        }
    }

    /// - Returns: a picture itself, or those in a folder.
    private static func files(_ path: String) throws -> [Entry] {
        guard (try? FileKind(path: path)) == .folder else { return [.file(path)] }
        let paths = try ImageFolder.picturePaths(in: path, ofAnyKind: true)
        guard !paths.isEmpty else {
            throw PuppetError(
                .noAvatar, path, "the folder has no picture in it", hint: "put portraits there, or name one")
        }
        return paths.map { .file($0) }
    }

    package var count: Int { entries.count }

    /// The same pictures as there are now. - Throws: as `init`.
    package func readAgain() throws -> AvatarList {
        if case .piped? = entries.first { return self }
        var list = try AvatarList(path, framing, tools)
        for path in added where (try? FileKind(path: path)) != .missing { _ = try? list.add(path) }
        return list
    }

    /// One more picture, or those of a folder; what is among them already is not taken twice.
    ///
    /// - Returns: where it is now, or the first of the folder.
    /// - Throws: as `init`.
    package mutating func add(_ path: String) throws -> Int {
        let files = try Self.files(path)
        let known = Set(entries.compactMap(\.path))
        entries += files.filter { !known.contains($0.path!) }
        added.append(path)
        return entries.firstIndex { $0.path == files[0].path }!
    }

    /// What a picture is called: its path, or what it is.
    ///
    /// - Parameter index: 0 ..< ``count``.
    package func name(_ index: Int) -> String {
        switch entries[index] {
        case .bundled: "bundled portrait"
        case .file(let path): path
        case .piped: "standard input"
        }
    }

    /// What all are called, without folders and extensions.
    package var shortNames: [String] { (0..<count).map { Avatar.shortName(of: name($0)) } }

    /// - Parameter index: 0 ..< ``count``.
    /// - Throws: ``FrameError`` where the picture cannot be read.
    package func picture(_ index: Int) throws(FrameError) -> PixelBuffer {
        switch entries[index] {
        case .bundled: try EmbeddedAssets.portrait()
        case .file(let path): try ImageFile.read(path, tools)
        case .piped(let picture): picture
        }
    }

    /// - Parameter index: 0 ..< ``count``.
    /// - Throws: ``FrameError`` where the picture cannot be read; what ``AvatarReader`` throws.
    package func load(_ index: Int, _ reader: AvatarReader) throws -> Avatar {
        var framing = framing
        // The bundled portrait is framed as it should be.
        if case .bundled = entries[index], framing.crop == .auto, framing.face == 1 { framing.crop = .center }
        return try reader.avatar(try picture(index), name: name(index), framing)
    }

    /// Another face of a picture.
    ///
    /// - Parameters:
    ///   - index: 0 ..< ``count``.
    ///   - before: number of the face that was shown, from 1.
    ///   - number: of the face that is wanted; `nil` is the next one.
    /// - Throws: as ``load(_:_:)``; ``PuppetError`` `.noAvatar` where there is no other.
    package func loadFace(
        _ index: Int, after before: Int, or number: Int?, _ reader: AvatarReader
    ) throws -> (avatar: Avatar, number: Int) {
        let picture = try picture(index)
        let faces = try reader.faces(in: picture, name: name(index))
        var framing = framing
        framing.crop = .auto
        framing.face = number ?? before % faces.count + 1
        return (try reader.avatar(picture, name: name(index), framing, faces: faces), framing.face)
    }
}

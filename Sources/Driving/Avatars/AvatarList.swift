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
    private let tools: ImageTools
    /// Standard input, which can be read once.
    private var piped: PixelBuffer?
    /// Their files; `nil` is the bundled one.
    private let entries: [String?]

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
        guard let path else {
            entries = [nil]
            return
        }
        if path == "-" { piped = try ImageFile.read(descriptor: standardInput, name: "standard input") }
        guard (try? FileKind(path: path)) == .folder else {
            entries = [path]
            return
        }
        entries = try ImageFolder.picturePaths(in: path, ofAnyKind: true)
        guard !entries.isEmpty else {
            throw PuppetError(
                .noAvatar, path, "the folder has no picture in it", hint: "put portraits there, or name one")
        }
    }

    package var count: Int { entries.count }

    /// The same folder as it is now. - Throws: as `init`.
    package func readAgain() throws -> AvatarList { try piped == nil ? AvatarList(path, framing, tools) : self }

    /// What a picture is called: its path, or what it is.
    ///
    /// - Parameter index: 0 ..< ``count``.
    package func name(_ index: Int) -> String {
        piped == nil ? entries[index] ?? "bundled portrait" : "standard input"
    }

    /// What all are called, without folders and extensions.
    package var shortNames: [String] { (0..<count).map { Avatar.shortName(of: name($0)) } }

    /// - Parameter index: 0 ..< ``count``.
    /// - Throws: ``FrameError`` where the picture cannot be read.
    package func picture(_ index: Int) throws(FrameError) -> PixelBuffer {
        if let piped { return piped }
        guard let path = entries[index] else { return try EmbeddedAssets.portrait() }
        return try ImageFile.read(path, tools)
    }

    /// - Parameter index: 0 ..< ``count``.
    /// - Throws: ``FrameError`` where the picture cannot be read; what ``AvatarReader`` throws.
    package func load(_ index: Int, _ reader: AvatarReader) throws -> Avatar {
        // The bundled portrait is framed as it should be.
        let isBundled = piped == nil && entries[index] == nil
        var framing = framing
        if isBundled, framing.crop == .auto, framing.face == 1 { framing.crop = .center }
        return try reader.avatar(try picture(index), name: name(index), framing)
    }
}

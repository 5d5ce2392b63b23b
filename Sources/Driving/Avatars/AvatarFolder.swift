import Capture
import Foundation
import Frames
import System

/// The user's own portraits, `$XDG_DATA_HOME/puppet/avatars`: what runs show for which no avatar is named. Any queue.
package struct AvatarFolder: Sendable {
    package let path: String

    /// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
    package init(environment: [String: String]) { path = dataFolder(environment) + "/avatars" }

    /// Files of pictures, in the order in which a run has them.
    ///
    /// - Throws: `CaptureError` `.cannotOpen` where the folder is there and cannot be read.
    package func files() throws(CaptureError) -> [String] {
        // A link that leads nowhere is no folder that nobody has made yet.
        guard (try? FileKind(path: path)) != .missing || linkTarget(path) != nil else { return [] }
        return try ImageFolder.picturePaths(in: path, ofAnyKind: true)
    }

    /// What they are called, in the same order; none where they cannot be read.
    package var names: [String] { ((try? files()) ?? []).map(Avatar.shortName) }

    /// What runs show for which no avatar is named; `nil` where the folder holds none.
    ///
    /// - Throws: as ``files()``.
    package func avatar() throws(CaptureError) -> String? { try files().isEmpty ? nil : path }

    /// Keeps a copy of a picture, byte for byte.
    ///
    /// - Parameters:
    ///   - picture: its file.
    ///   - name: what it is to be called, without an extension; `nil` leaves it its name.
    ///   - replaces: whether one of that name may be there already.
    ///   - tools: to read it with.
    /// - Returns: the copy's path.
    /// - Throws: ``FrameError`` for what is no picture or cannot be copied; ``PuppetError`` `.badName`, `.alreadyThere`, and
    ///   `.noAvatar` where the folder cannot be made.
    package func add(_ picture: String, name: String?, replaces: Bool, _ tools: ImageTools) throws -> String {
        let bytes = try FileBytes(path: picture, limit: ImageFile.mostBytes)
        _ = try ImageFile.read(bytes, path: picture, tools)
        // What a run goes by in a folder.
        let suffix = bytes.withBytes { ImageFile.fileExtension(startOf: $0) } ?? "png"
        let name = try Self.validated(name ?? Avatar.shortName(of: picture))
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw PuppetError(
                .noAvatar, path, "the folder of avatars cannot be made", hint: "set XDG_DATA_HOME to a folder of yours")
        }
        let target = "\(path)/\(name).\(suffix)"
        let others = try files().filter { Avatar.shortName(of: $0) == name }
        if let other = others.first, !replaces {
            throw PuppetError(
                .alreadyThere, other, "an avatar of that name is there already",
                hint: "say --force to replace it, or --name for another")
        }
        let copy = try AtomicFile(path: target)
        try bytes.withBytes { (bytes) throws(FrameError) in try copy.write(bytes) }
        try copy.commit()
        for other in others where other != target { try FileManager.default.removeItem(atPath: other) }
        return target
    }

    /// Forgets a picture of the user's own.
    ///
    /// - Parameter name: with or without its folder and extension.
    /// - Returns: the path of the file that is gone.
    /// - Throws: ``PuppetError`` `.noAvatar`, or as ``files()``.
    package func remove(_ name: String) throws -> String {
        let named = try files().filter { file in
            [file, Avatar.shortName(of: file), file.split(separator: "/").last.map(String.init)].contains(name)
        }
        guard let file = named.first else {
            throw PuppetError(.noAvatar, name, "is no avatar of yours", hint: "see puppet avatars list")
        }
        guard file.withFileName({ unlink($0) }) == 0 else {
            throw PuppetError(.noAvatar, file, "cannot be removed", hint: "check the permissions of its folder")
        }
        return file
    }

    private static func validated(_ name: String) throws(PuppetError) -> String {
        guard !name.isEmpty, name.utf8.count <= 200, name.first != ".", !name.contains("/"),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw PuppetError(.badName, name, "cannot be the name of an avatar", hint: "say --name and a plain word")
        }
        return name
    }
}

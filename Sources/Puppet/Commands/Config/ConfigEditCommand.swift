import ArgumentParser
import Foundation
import System

struct ConfigEditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Opens the settings in your editor ($VISUAL, $EDITOR), and says what is wrong with them afterwards.",
        discussion: "Where there are none yet, the file is made, with every option in it as a remark.")

    func run() throws {
        let path = ConfigCommand.path
        if try FileKind(path: path) == .missing { try make(path) }
        let environment = ProcessInfo.processInfo.environment
        let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty }
        // An editor may have options of its own.
        let status = try HandedOver.run(["/bin/sh", "-c", "exec \(editor ?? Self.usual) \"$1\"", "sh", path])
        guard status == 0 else {
            throw PuppetError(
                .badConfig, path, "the editor (\(editor ?? Self.usual)) ended with \(status)",
                hint: "set EDITOR to one of yours")
        }
        _ = try ConfigCommand.read()
    }

    /// Debian's way to the editor that is there.
    private static let usual = "sensible-editor"

    private func make(_ path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw PuppetError(
                .badConfig, folder.path, "the folder of settings cannot be made",
                hint: "set XDG_CONFIG_HOME to a folder of yours")
        }
        let file = try AtomicFile(path: path)
        try file.write(Array(try SettingsTemplate.text.utf8))
        try file.commit()
    }
}

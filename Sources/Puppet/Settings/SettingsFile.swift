import Foundation
import System
import TOMLKit

/// The user's settings, in TOML: options by their long names.
///
/// Keys outside of tables are for live runs, those of a table that is called as a command for that command, those of
/// `[avatars.NAME]` for runs that begin with that avatar.
struct SettingsFile {
    static let avatars = "avatars"
    /// Of no file that a person writes.
    private static let largest = 1 << 16

    let path: String
    /// In the order of their names.
    let settings: [Setting]
    private let lines: [Substring]

    /// `$XDG_CONFIG_HOME/puppet/config.toml`.
    ///
    /// - Parameter environment: of the process; `XDG_CONFIG_HOME` and `HOME` are read.
    static func path(_ environment: [String: String]) -> String { configFolder(environment) + "/config.toml" }

    /// - Returns: `nil` where there is no such file.
    /// - Throws: ``PuppetError`` `.badConfig`.
    init?(_ path: String) throws(PuppetError) {
        guard (try? FileKind(path: path)) != .missing else { return nil }
        let text = try Self.text(of: path)
        do {
            let table = try TOMLTable(string: text)
            lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            (self.path, settings) = (path, Self.settings(table))
        } catch let error as TOMLParseError {
            let (line, column) = (error.source.begin.line, error.source.begin.column)
            throw PuppetError(
                .badConfig, "\(path):\(line):\(column)", "is no TOML: \(error.description)",
                hint: "puppet config edit opens it")
        } catch {
            throw PuppetError(.badConfig, path, "cannot be read: \(error)")
        }
    }

    private static func text(of path: String) throws(PuppetError) -> String {
        guard (try? FileKind(path: path)) == .regular else {
            throw PuppetError(.badConfig, path, "is no file", hint: "move it away")
        }
        let data: Data
        do {
            data = try FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: largest + 1) ?? Data()
        } catch {
            throw PuppetError(.badConfig, path, "cannot be read", hint: "check its permissions")
        }
        guard data.count <= largest else {
            throw PuppetError(
                .badConfig, path, "is larger than \(largest / 1024) KB", hint: "it is no list of settings")
        }
        guard let text = String(data: data, encoding: .utf8), !text.contains("\0") else {
            throw PuppetError(.badConfig, path, "is no UTF-8 text", hint: "save it as UTF-8")
        }
        return text
    }

    private static func settings(_ table: TOMLTable) -> [Setting] {
        var settings: [Setting] = []
        for (key, value) in table {
            guard let inner = value.table else {
                settings.append(Setting(scope: .general, key: key, value: self.value(value)))
                continue
            }
            for (innerKey, innerValue) in inner {
                guard key == avatars, let avatar = innerValue.table else {
                    settings.append(Setting(scope: .command(key), key: innerKey, value: self.value(innerValue)))
                    continue
                }
                settings += avatar.map { Setting(scope: .avatar(innerKey), key: $0.0, value: self.value($0.1)) }
            }
        }
        return settings
    }

    private static func value(_ value: any TOMLValueConvertible) -> Setting.Value {
        if let isOn = value.bool { return .isOn(isOn) }
        if let word = word(value) { return .word(word) }
        if let array = value.array {
            let words = array.map { word($0) }
            if words.allSatisfy({ $0 != nil }) { return .words(words.compactMap(\.self)) }
        }
        return .other(value.type.description)
    }

    private static func word(_ value: any TOMLValueConvertible) -> String? {
        value.string ?? value.int.map { "\($0)" } ?? value.double.map { "\($0)" }
    }

    /// Where a table's heading is, from 1; `nil` where it has none of its own.
    func line(ofTable name: String) -> Int? {
        lines.firstIndex { $0.filter { !$0.isWhitespace }.hasPrefix("[\(name)]") }.map { $0 + 1 }
    }

    /// Where each setting begins, from 1.
    ///
    /// The parser does not tell. But the lines that a setting takes are TOML by themselves below the heading of their table, and
    /// fewer of them are not.
    var lineNumbers: [Setting: Int] {
        var numbers: [Setting: Int] = [:]
        var heading = ""
        var first = 0
        for last in lines.indices {
            let text = lines[first...last].joined(separator: "\n")
            guard let table = try? TOMLTable(string: "\(heading)\n\(text)") else { continue }
            for setting in Self.settings(table) where numbers[setting] == nil { numbers[setting] = first + 1 }
            if text.first(where: { !$0.isWhitespace }) == "[" { heading = text }
            first = last + 1
        }
        return numbers
    }
}

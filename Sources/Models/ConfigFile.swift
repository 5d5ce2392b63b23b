import Checkpoints
import Foundation
import System
import Yams

/// A training configuration in YAML.
///
/// Anchors, aliases, tags and a second document are errors, never a guess: no such file has them, and a few bytes of them
/// can stand for more than fits into memory.
struct ConfigFile {
    /// The file's path, for messages.
    let path: String
    /// `nil` for a file without a line that says anything.
    private let root: Node?

    /// Of any published file ten times over; the limit of what reading one takes.
    private static let mostBytes = 1 << 16

    /// - Throws: ``FrameError`` for a file that cannot be read; ``PuppetError`` `.badConfig` naming the line that cannot be.
    init(path: String) throws {
        let text = try FileBytes(path: path, limit: 1 << 20).withBytes { String(decoding: $0, as: UTF8.self) }
        try self.init(path: path, text: text)
    }

    init(path: String, text: String) throws(PuppetError) {
        self.path = path
        // libyaml takes a byte order mark for an indentation of the first line.
        let scalars = text.unicodeScalars
        let text = scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text
        guard text.utf8.count <= Self.mostBytes else {
            throw Self.unreadable(path, "the file is larger than \(Self.mostBytes >> 10) kB")
        }
        do {
            // Yams would follow aliases before anybody could look at them. No value of YAML begins with @, which is a letter
            // like any other elsewhere: written so, what begins an anchor, alias or tag is an error, and nothing else.
            let masked = text.utf8.map { Self.refused[Unicode.Scalar($0)] == nil ? $0 : UInt8(ascii: "@") }
            _ = try compose(yaml: String(decoding: masked, as: UTF8.self), .basic, .default, .utf8)
            root = try compose(yaml: text, .basic, .default, .utf8)
        } catch {
            throw Self.unreadable(path, Self.complaint(error as? YamlError ?? .no, text))
        }
        if let root, root.mapping == nil { throw Self.unreadable(path, "line \(root.mark?.line ?? 1) has no key") }
    }

    /// - Parameter place: keys, such as `model_params.kp_detector_params.temperature`.
    func hasMap(_ place: String) -> Bool { node(at: place)?.mapping != nil }

    /// - Returns: `nil` where the file does not say.
    /// - Throws: ``PuppetError`` `.badConfig` where it says something else than a number.
    func number(_ place: String) throws(PuppetError) -> Double? {
        guard let value = node(at: place) else { return nil }
        guard let number = value.scalar.flatMap({ Double($0.string) }), number.isFinite else {
            throw wrong(place, "expected a number")
        }
        return number
    }

    func flag(_ place: String) throws(PuppetError) -> Bool? {
        guard let value = node(at: place) else { return nil }
        switch value.scalar?.string.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw wrong(place, "expected True or False")
        }
    }

    func numbers(_ place: String) throws(PuppetError) -> [Int]? {
        guard let value = node(at: place) else { return nil }
        let numbers = value.sequence?.map { $0.scalar.flatMap { Int($0.string) } } ?? [nil]
        guard !numbers.contains(nil) else { throw wrong(place, "expected a list of whole numbers") }
        return numbers.compactMap { $0 }
    }

    /// An error about a value, with its line.
    func wrong(_ place: String, _ detail: String) -> PuppetError {
        let found = node(at: place)
        let items = found?.sequence?.map { $0.scalar?.string ?? "..." }
        let text = found?.scalar?.string ?? items.map { "[\($0.joined(separator: ", "))]" }
        return PuppetError(
            .badConfig, path,
            "line \(found?.mark?.line ?? 1): \(place.split(separator: ".").last ?? "") is "
                + (text.map { printable($0.utf8) } ?? "a map") + ", \(detail)",
            hint: "give the YAML file that the checkpoint was trained with")
    }

    /// - Returns: `nil` where the file does not say, or says null.
    private func node(at place: String) -> Node? {
        let found = place.split(separator: ".").reduce(root) { $0?[String($1)] }
        return found?.null == nil ? found : nil
    }

    /// What begins with these characters and is not read.
    private static let refused: [Unicode.Scalar: String] = ["&": "an anchor", "*": "an alias", "!": "a tag"]

    /// What is wrong with the text, and in which line.
    private static func complaint(_ error: YamlError, _ text: String) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            let line = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .dropFirst(mark.line - 1).first
            let character = line?.unicodeScalars.dropFirst(mark.column - 1).first
            if character == "\t" { return "line \(mark.line) is indented with a tab" }
            if let name = character.flatMap({ refused[$0] }) { return "line \(mark.line) has \(name)" }
            return problem.hasPrefix("Maximum nesting level")
                ? "line \(mark.line) nests maps or lists too deeply" : "line \(mark.line) is not YAML: \(problem)"
        case .composer(_, _, let mark, _): return "line \(mark.line) begins another document"
        case .duplicatedKeysInMapping(let keys, let context):
            return "line \(context.mark.line) says \(printable((keys.first ?? "").utf8)) more than once"
        case .reader(let problem, let offset, _, _):
            return "line \(1 + text.prefix(offset ?? 0).count { $0.isNewline }) is not YAML: \(problem)"
        default: return "it is not YAML"
        }
    }

    private static func unreadable(_ path: String, _ detail: String) -> PuppetError {
        PuppetError(
            .badConfig, path, detail,
            hint: "puppet reads YAML without anchors, aliases, tags and further documents")
    }
}

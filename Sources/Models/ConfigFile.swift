import Foundation
import System

/// A training configuration in the little of YAML that the reference implementation's files use: maps nested by
/// indentation, scalars and lists in brackets on one line, comments.
///
/// A line beyond that is an error, never a guess.
struct ConfigFile {
    enum Value: Equatable {
        case scalar(String)
        case list([String])
    }

    /// The file's path, for messages.
    let path: String
    /// By place, such as `model_params.kp_detector_params.temperature`.
    private(set) var values: [String: Value] = [:]
    /// Lines of the values, from 1.
    private var lines: [String: Int] = [:]

    /// - Throws: ``FrameError`` for a file that cannot be read or has more than 1 MB; ``PuppetError`` `.badConfig` naming
    ///   the line that cannot be.
    init(path: String) throws {
        let text = try FileBytes(path: path, limit: 1 << 20).withBytes { String(decoding: $0, as: UTF8.self) }
        try self.init(path: path, text: text)
    }

    init(path: String, text: String) throws(PuppetError) {
        self.path = path
        /// Maps that are open: how far their keys are indented, and their place.
        var open: [(indentation: Int, place: String)] = []
        /// A key that nothing followed on its line.
        var pending: String? = ""
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let number = index + 1
            let content = Self.withoutComment(line)
            guard !content.allSatisfy(\.isWhitespace), content != "---" else { continue }
            let indentation = content.prefix { $0 == " " }.count
            guard content.dropFirst(indentation).first != "\t" else {
                throw Self.unreadable(path, number, "is indented with a tab")
            }
            if let last = open.last, indentation < last.indentation {
                while let last = open.last, indentation < last.indentation { open.removeLast() }
                pending = nil
            }
            if open.last?.indentation != indentation {
                guard let place = pending else {
                    throw Self.unreadable(path, number, "is indented as no line above it")
                }
                open.append((indentation, place))
            }
            let place = open.last?.place ?? ""
            guard let colon = content.firstIndex(of: ":") else { throw Self.unreadable(path, number, "has no key") }
            let key = content[..<colon].trimmingCharacters(in: .whitespaces)
            guard !key.isEmpty, key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
                throw Self.unreadable(path, number, "has no plain key")
            }
            let full = place.isEmpty ? key : "\(place).\(key)"
            guard lines.updateValue(number, forKey: full) == nil else {
                throw Self.unreadable(path, number, "says \(key) again")
            }
            let rest = content[content.index(after: colon)...]
            guard rest.isEmpty || rest.first == " " else { throw Self.unreadable(path, number, "has no blank after :") }
            let text = rest.trimmingCharacters(in: .whitespaces)
            pending = text.isEmpty ? full : nil
            if !text.isEmpty { values[full] = try Self.value(text, path, number) }
        }
    }

    /// - Returns: `nil` where the file does not say.
    /// - Throws: ``PuppetError`` `.badConfig` where it says something else than a number.
    func number(_ place: String) throws(PuppetError) -> Double? {
        guard let value = values[place] else { return nil }
        guard case .scalar(let text) = value, let number = Double(text), number.isFinite else {
            throw wrong(place, "expected a number")
        }
        return number
    }

    func flag(_ place: String) throws(PuppetError) -> Bool? {
        guard let value = values[place] else { return nil }
        guard case .scalar(let text) = value else { throw wrong(place, "expected True or False") }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw wrong(place, "expected True or False")
        }
    }

    func numbers(_ place: String) throws(PuppetError) -> [Int]? {
        guard let value = values[place] else { return nil }
        guard case .list(let items) = value else { throw wrong(place, "expected a list of whole numbers") }
        var numbers: [Int] = []
        for item in items {
            guard let number = Int(item) else { throw wrong(place, "expected a list of whole numbers") }
            numbers.append(number)
        }
        return numbers
    }

    /// An error about a value, with its line.
    func wrong(_ place: String, _ detail: String) -> PuppetError {
        let text: String? =
            switch values[place] {
            case .scalar(let text): text
            case .list(let items): "[\(items.joined(separator: ", "))]"
            case nil: nil
            }
        let key = place.split(separator: ".").last ?? ""
        return PuppetError(
            .badConfig, path, "line \(lines[place] ?? 0): \(key) is \(text ?? "a map"), \(detail)",
            hint: "give the YAML file that the checkpoint was trained with")
    }

    /// A `#` begins one at the start and after a blank, but not inside quotes.
    private static func withoutComment(_ line: Substring) -> Substring {
        var quote: Character?
        var before: Character = " "
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "#", before.isWhitespace {
                return trimmed(line[..<index])
            } else if character == "'" || character == "\"" {
                quote = character
            }
            before = character
        }
        return trimmed(line)
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }

    private static func value(_ text: String, _ path: String, _ line: Int) throws(PuppetError) -> Value {
        if text.first == "[" {
            guard text.last == "]", !text.dropFirst().dropLast().contains(where: { "[]{}".contains($0) }) else {
                throw unreadable(path, line, "has a list that does not end on it")
            }
            let inner = text.dropFirst().dropLast().trimmingCharacters(in: .whitespaces)
            return .list(inner.isEmpty ? [] : inner.split(separator: ",").map { unquoted($0) })
        }
        // What begins so means more than itself: maps, anchors, tags, texts over several lines.
        guard let first = text.first, !"{&*!|>%@`-?".contains(first) || Double(text) != nil else {
            throw unreadable(path, line, "has a value that is no number, word or list")
        }
        return .scalar(unquoted(text))
    }

    private static func unquoted(_ text: some StringProtocol) -> String {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }

    private static func unreadable(_ path: String, _ line: Int, _ detail: String) -> PuppetError {
        PuppetError(
            .badConfig, path, "line \(line) \(detail)",
            hint: "puppet reads maps, numbers, words and [lists] of YAML, as the published configurations have them")
    }
}

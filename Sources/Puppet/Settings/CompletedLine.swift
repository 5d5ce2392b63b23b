import System

/// A command line with what the user's settings add to it.
struct CompletedLine {
    /// To parse, without the program's name.
    private(set) var words: [String]
    private let file: SettingsFile?
    /// What was added for each setting.
    private var added: [(setting: Setting, words: [String])] = []

    /// - Parameters:
    ///   - words: as they were typed.
    ///   - file: of the settings that are added.
    init(words: [String], file: SettingsFile? = nil) { (self.words, self.file) = (words, file) }

    /// - Parameter place: the first of the places where options may stand.
    mutating func add(_ setting: Setting, _ options: [String], at place: Int) {
        words.insert(contentsOf: options, at: place + added.reduce(0) { $0 + $1.words.count })
        added.append((setting, options))
    }

    /// What went wrong, and which line of the settings it is about, where it is about one.
    ///
    /// - Parameter sentence: that begins with what a setting names, or says an option's name.
    func located(_ sentence: String) -> String {
        let options = Set(sentence.split { !$0.isLetter && !$0.isNumber && $0 != "-" })
        let found = added.first { setting, words in
            options.contains("--\(setting.key)")
                || words.contains { sentence.hasPrefix($0.dropFirst("--\(setting.key)=".count) + ": ") }
        }
        guard let file, let found, let line = file.lineNumbers[found.setting] else { return sentence }
        return "\(sentence) (set in \(file.path):\(line))"
    }
}

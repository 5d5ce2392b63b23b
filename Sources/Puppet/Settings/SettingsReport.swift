import System

/// What `puppet config show` prints.
struct SettingsReport: PrintableReport {
    struct Entry: Encodable {
        let line: Int
        /// The table it is in, such as `avatars.mona`; `nil` outside of tables.
        let table: String?
        let key: String
        let value: [String]
    }

    let path: String
    let exists: Bool
    /// In the order of the file.
    let settings: [Entry]

    /// - Parameter file: `nil` where there is none at `path`.
    init(_ path: String, _ file: SettingsFile?) {
        (self.path, exists) = (path, file != nil)
        let numbers = file?.lineNumbers ?? [:]
        settings = (file?.settings ?? []).map { setting in
            let table = setting.path.dropLast().joined(separator: ".")
            let value =
                switch setting.value {
                case .word(let word): [word]
                case .words(let words): words
                case .isOn(let isOn): ["\(isOn)"]
                case .other(let kind): [kind]
                }
            return Entry(
                line: numbers[setting] ?? 1, table: table.isEmpty ? nil : table, key: setting.key, value: value)
        }.sorted { $0.line < $1.line }
    }

    var table: String {
        guard exists else { return "\(path) is not there: puppet config edit makes it" }
        let names = settings.map { ($0.table.map { "[\($0)] " } ?? "") + $0.key }
        let width = 2 + (names.map(\.count).max() ?? 0)
        let lines = zip(names, settings).map { name, setting in
            "\(setting.line)".right(in: 4) + "  " + name.left(in: width) + setting.value.joined(separator: ", ")
        }
        return ([path] + lines).joined(separator: "\n")
    }
}

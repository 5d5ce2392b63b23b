import System

/// What `puppet check` prints: every picture, in the order they were given.
package struct PortraitReport: PrintableReport, Sendable {
    fileprivate struct Entry: Sendable, Encodable {
        let file: String
        var findings: PortraitFindings?
        /// Why it cannot be read.
        var error: String?
    }

    private var pictures: [Entry] = []
    package private(set) var firstError: (any Error)?

    private enum CodingKeys: String, CodingKey { case pictures }

    package init() {}

    package mutating func add(_ file: String, _ result: Result<PortraitFindings, any Error>) {
        switch result {
        case .success(let findings): pictures.append(Entry(file: file, findings: findings))
        case .failure(let error):
            firstError = firstError ?? error
            pictures.append(Entry(file: file, error: "\(error)"))
        }
    }

    package var table: String { pictures.map(\.lines).joined(separator: "\n") }
}

extension PortraitReport.Entry {
    fileprivate var lines: String {
        guard let findings else { return error?.printable ?? "" }
        let (crop, count) = (findings.crop, findings.faces.count)
        let head =
            "\(file.printable): \(findings.width)x\(findings.height), \(count == 1 ? "1 face" : "\(count) faces"), "
            + "looks at \(crop.x),\(crop.y),\(crop.side)"
        if findings.remarks.isEmpty { return head + ": a good avatar" }
        return ([head] + findings.remarks.map { "  \($0.text)" }).joined(separator: "\n")
    }
}

extension CameraInfo {
    /// For people: a line for the device, then what it offers, what can be set, and who has it.
    public var summary: String {
        var lines = ["\(path)  \(kind.rawValue)  \(card)" + (driver.isEmpty ? "" : " (\(driver))")]
        if kind != .other { lines += formats.flatMap(\.lines) }
        lines += controls.map { "    " + $0.summary }
        if !users.isEmpty {
            let names = users.map(\.description).joined(separator: ", ")
            lines.append("    open in \(names)" + (isBusy ? ", streaming" : ""))
        }
        if let problem { lines.append("    \(problem)") }
        return lines.joined(separator: "\n")
    }
}

extension CameraInfo.Format {
    /// Columns of a terminal that is not a narrow one.
    private static let columns = 120

    /// As many sizes a line as there is room for, under one another.
    fileprivate var lines: [String] {
        let start = "    \(pixelFormat): "
        let indentation = String(repeating: " ", count: start.count)
        var lines = [start]
        for (index, size) in sizes.enumerated() {
            let item = size.summary + (index == sizes.count - 1 ? "" : ",")
            let last = lines[lines.count - 1]
            if last.count == start.count {
                lines[lines.count - 1] += item
            } else if last.count + 1 + item.count <= Self.columns {
                lines[lines.count - 1] += " " + item
            } else {
                lines.append(indentation + item)
            }
        }
        return lines
    }
}

extension CameraInfo.Size {
    fileprivate var summary: String {
        let rates = frameRates.map { $0.rounded() == $0 ? "\(Int($0))" : "\($0.rounded(toPlaces: 2))" }
        let smallest = leastWidth.flatMap { width in leastHeight.map { "\(width)x\($0) to " } } ?? ""
        let speed =
            rates.isEmpty ? "" : " at " + rates.joined(separator: anyRateBetween == true ? " to " : "/") + " fps"
        return smallest + "\(width)x\(height)" + speed
    }
}

extension CameraInfo.Control {
    fileprivate var summary: String {
        let now = value.map { "\($0)" } ?? "?"
        let limits = "\(minimum)..\(maximum) step \(step) default \(`default`)"
        return "\(name) \(now) \(limits)" + (isInactive ? " (inactive)" : "")
    }
}

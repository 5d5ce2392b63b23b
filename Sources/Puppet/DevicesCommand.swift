import ArgumentParser
import Capture
import Foundation

struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Lists cameras and virtual cameras, what they can do, and who is using them.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let devices = CameraList().all()
        if json {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(["devices": devices]), as: UTF8.self))
        } else if devices.isEmpty {
            StandardError.write("puppet: there are no video devices")
        } else {
            for device in devices { print(device.summary) }
        }
    }
}

extension CameraInfo {
    /// For people: a line for the device, then what it offers and who has it.
    fileprivate var summary: String {
        var lines = ["\(path)  \(kind.rawValue)  \(card)" + (driver.isEmpty ? "" : " (\(driver))")]
        if kind != .other {
            lines += formats.map { "    \($0.pixelFormat): " + $0.sizes.map(\.summary).joined(separator: ", ") }
        }
        if !users.isEmpty {
            let names = users.map { "\($0.name) (\($0.process))" }.joined(separator: ", ")
            lines.append("    open in \(names)" + (isBusy ? ", streaming" : ""))
        }
        if let problem { lines.append("    \(problem)") }
        return lines.joined(separator: "\n")
    }
}

extension CameraInfo.Size {
    fileprivate var summary: String {
        let rates = frameRates.map { $0.rounded() == $0 ? "\(Int($0))" : "\(($0 * 100).rounded() / 100)" }
        let smallest = leastWidth.flatMap { width in leastHeight.map { "\(width)x\($0) to " } } ?? ""
        let speed =
            rates.isEmpty ? "" : " at " + rates.joined(separator: anyRateBetween == true ? " to " : "/") + " fps"
        return smallest + "\(width)x\(height)" + speed
    }
}

import Foundation
import System

/// What pictures and recordings are called that the user keeps of a run.
enum KeptFile {
    /// A file in `folder` that is not there yet, called by the time: "puppet 2026-11-27 14.03.59.png".
    ///
    /// - Parameters:
    ///   - ending: such as png.
    ///   - given: names that are taken although nothing is there yet.
    static func path(
        in folder: String, _ ending: String, besides given: Set<String> = [], at date: Date = Date(),
        in zone: TimeZone = .current
    ) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func two(_ number: Int?) -> String { number.map { $0 < 10 ? "0\($0)" : "\($0)" } ?? "00" }
        let day = "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
        let name = "\(folder)/puppet \(day) \(two(parts.hour)).\(two(parts.minute)).\(two(parts.second))"
        let names = ["\(name).\(ending)"] + (2...999).lazy.map { "\(name) \($0).\(ending)" }
        return names.first { !given.contains($0) && (try? FileKind(path: $0)) == .missing } ?? "\(name).\(ending)"
    }
}

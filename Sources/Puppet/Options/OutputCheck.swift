import ArgumentParser
import Foundation
import System

/// Refuses outputs that would do harm or something else than they seem to.
///
/// - Parameter driving: what drives; its pictures must not be overwritten while they are read.
func checkOutputs(_ outputs: [String], driving: String, allowingWindow: Bool) throws {
    if !allowingWindow, outputs.contains("window") {
        throw ValidationError("--output window: animate writes files; use puppet run for a window.")
    }
    for output in outputs {
        if outputs.count(where: { $0 == output }) > 1 {
            throw ValidationError("--output \(output): given twice; name every output once.")
        }
        if (try? FileKind(path: output)) == .folder, resolved(output) == resolved(driving) {
            throw ValidationError(
                "--output \(output): the driving pictures are there and would be overwritten; choose another folder.")
        }
    }
}

private func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

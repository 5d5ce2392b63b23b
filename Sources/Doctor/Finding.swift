import Foundation

/// What one check of `puppet doctor` found: a line for people, an object in JSON.
package struct Finding: Encodable, Sendable, Equatable {
    package enum State: String, Encodable, Sendable {
        case ok
        /// Worth knowing; whether it matters depends on what puppet is wanted for.
        case note
        /// Something is there that cannot work as it is.
        case problem
    }

    /// What was looked at: a device's path, or a word or two.
    package let name: String
    package let state: State
    package let detail: String
    /// What to do about it; empty where there is nothing to do.
    package let remedy: String

    static func ok(_ name: String, _ detail: String) -> Finding {
        Finding(name: name, state: .ok, detail: detail, remedy: "")
    }

    static func note(_ name: String, _ detail: String, remedy: String) -> Finding {
        Finding(name: name, state: .note, detail: detail, remedy: remedy)
    }

    static func problem(_ name: String, _ detail: String, remedy: String) -> Finding {
        Finding(name: name, state: .problem, detail: detail, remedy: remedy)
    }

    var line: String {
        let word = state.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        return "\(word) \(name): \(detail)" + (remedy.isEmpty ? "" : "; \(remedy)")
    }
}

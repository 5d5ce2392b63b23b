/// What came of a command to a live run. `puppet ctl` gets it as one line over a socket.
package enum CommandAnswer: Sendable, Equatable {
    /// It is done or begun; with what there is to tell, mostly nothing.
    case done(String = "")
    /// Nothing has changed; with why.
    case refused(String)

    private static let (doneMark, refusedMark) = ("ok", "error: ")

    /// - Returns: `nil` for a line that is no answer.
    init?(line: String) {
        if line == Self.doneMark || line.hasPrefix(Self.doneMark + " ") {
            self = .done(String(line.dropFirst(Self.doneMark.count + 1)))
        } else if line.hasPrefix(Self.refusedMark) {
            self = .refused(String(line.dropFirst(Self.refusedMark.count)))
        } else {
            return nil
        }
    }

    /// As it goes over the socket, and as people see it.
    package var line: String {
        switch self {
        case .done(let text): text.isEmpty ? Self.doneMark : "\(Self.doneMark) \(text)"
        case .refused(let reason): Self.refusedMark + reason
        }
    }
}

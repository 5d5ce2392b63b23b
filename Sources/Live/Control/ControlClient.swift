import Glibc
import System

/// `puppet ctl`: asks a running puppet for something.
package struct ControlClient: Sendable {
    private let sockets: ControlSocket

    package init(_ sockets: ControlSocket) { self.sockets = sockets }

    /// - Parameters:
    ///   - words: a command as in ``ControlVerb/all``.
    ///   - process: which puppet; `nil` where there is only one.
    /// - Returns: its answer.
    /// - Throws: ``PuppetError`` `.noControl`: none runs, several do, or it does not answer.
    package func send(_ words: [String], to process: Int32?) throws(PuppetError) -> CommandAnswer {
        // Without a folder nobody listens.
        if access(sockets.folder, F_OK) == 0 { try sockets.checkFolder() }
        guard words.reduce(0, { $0 + $1.utf8.count + 1 }) < ControlSocket.mostBytes else {
            throw PuppetError(.badCommand, words[0], "is followed by more than \(ControlSocket.mostBytes) bytes")
        }
        let process = if let process { process } else { try onlyOne() }
        guard let line = ask(words.joined(separator: " "), process), let answer = CommandAnswer(line: line) else {
            throw PuppetError(
                .noControl, "puppet \(process)", "does not answer", hint: "check that it still runs")
        }
        return answer
    }

    private func onlyOne() throws(PuppetError) -> Int32 {
        let running = sockets.processes.filter { process in
            // A process that was killed leaves its socket behind, and its number to another program.
            SocketAddress.isListening(sockets.path(of: process))
        }
        guard let first = running.first else {
            throw PuppetError(.noControl, "ctl", "no puppet is running", hint: "start one first: puppet --camera ...")
        }
        guard running.count == 1 else {
            let numbers = running.map { "\($0)" }.joined(separator: ", ")
            throw PuppetError(
                .noControl, "ctl", "\(running.count) puppets are running (\(numbers))", hint: "choose with --pid")
        }
        return first
    }

    private func ask(_ line: String, _ process: Int32) -> String? {
        guard let connection = sockets.connect(to: process) else { return nil }
        ControlSocket.limitSending(connection.rawValue, seconds: 1)
        ControlSocket.writeLine(line, connection.rawValue)
        return ControlSocket.readLine(connection.rawValue, seconds: Self.patience)
    }

    /// Seconds: others may be served first, each for a second at most.
    private static let patience = 5.0
}

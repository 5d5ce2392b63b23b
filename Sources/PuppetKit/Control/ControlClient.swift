import Glibc
import SystemPackage

/// `puppet ctl`: asks a running puppet for something.
package struct ControlClient: Sendable {
    private let sockets: ControlSocket

    package init(_ sockets: ControlSocket) { self.sockets = sockets }

    /// - Parameters:
    ///   - words: a command as in ``LiveCommand/grammar``.
    ///   - process: which puppet; `nil` where there is only one.
    /// - Returns: its answer, one line.
    /// - Throws: ``PuppetError`` `.noControl`: none runs, several do, or it refused.
    package func send(_ words: [String], to process: Int32?) throws(PuppetError) -> String {
        let process = if let process { process } else { try onlyOne() }
        guard let answer = ask(words.joined(separator: " "), process) else {
            throw PuppetError(
                .noControl, "puppet \(process)", "does not answer", hint: "check that it still runs")
        }
        if answer.hasPrefix("error: ") {
            throw PuppetError(.noControl, "puppet \(process)", String(answer.dropFirst("error: ".count)))
        }
        return answer
    }

    private func onlyOne() throws(PuppetError) -> Int32 {
        // A process that was killed leaves its socket behind.
        let running = sockets.processes.filter { kill($0, 0) == 0 }
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
        guard let address = ControlSocket.address(sockets.path(of: process)) else { return nil }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        ControlSocket.limitWaiting(descriptor, seconds: 5)
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else { return nil }
        ControlSocket.writeLine(line, descriptor)
        return ControlSocket.readLine(descriptor)
    }
}

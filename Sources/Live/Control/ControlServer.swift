import Dispatch
import Glibc
import System
import SystemPackage

/// Obeys `puppet ctl` while a run goes on: takes a line, answers with one. Has a queue of its own; any queue may make and
/// stop it.
final class ControlServer: Sendable {
    private let path: String
    private let queue = DispatchQueue(label: "puppet.control", qos: .utility)
    nonisolated(unsafe) private let source: any DispatchSourceRead  // libdispatch objects may be used anywhere

    /// Listens from now on.
    ///
    /// - Parameter handle: called on the server's queue.
    /// - Throws: ``PuppetError`` `.noControl` where the socket cannot be made.
    init(
        _ sockets: ControlSocket, handle: @escaping @Sendable (LiveCommand) -> CommandAnswer
    ) throws(PuppetError) {
        try sockets.makeFolder()
        let path = sockets.path(of: getpid())
        unlink(path)  // of a process that had our number
        guard let address = SocketAddress(path) else {
            throw PuppetError(
                .noControl, path, "is too long for a socket", hint: "set XDG_RUNTIME_DIR to a shorter one")
        }
        // Not blocking: who rang may have gone again when the door is opened.
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, CInt(kind), 0)
        guard descriptor >= 0, address.withPointer({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, 8) == 0
        else {
            let reason = Errno(rawValue: errno)
            if descriptor >= 0 { close(descriptor) }
            throw PuppetError(.noControl, path, "cannot listen there: \(reason)", hint: "set XDG_RUNTIME_DIR")
        }
        self.path = path
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { Self.serve(descriptor, handle) }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { stop() }

    /// Listens no longer; may be called more than once. Whoever is being answered, that the run ends for example, gets the
    /// answer before this returns.
    func stop() {
        guard !source.isCancelled else { return }
        source.cancel()
        unlink(path)
        queue.sync {}
    }

    private static func serve(_ descriptor: CInt, _ handle: (LiveCommand) -> CommandAnswer) {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        ControlSocket.limitSending(connection, seconds: 1)
        guard let line = ControlSocket.readLine(connection, seconds: 1) else { return }
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        ControlSocket.writeLine(answer(to: words, handle).line, connection)
    }

    private static func answer(to words: [String], _ handle: (LiveCommand) -> CommandAnswer) -> CommandAnswer {
        do throws(PuppetError) {
            return handle(try LiveCommand(words: words))
        } catch {
            return .refused("\(error)")
        }
    }
}

import Dispatch
import Flow
import Glibc
import System
import SystemPackage

/// Obeys `puppet ctl` while a run goes on: takes a line, answers with one. Has a queue of its own; any queue may make and
/// stop it.
///
/// Nobody waits for somebody else: lines are gathered from all who have rung at once, and where too many say nothing, the one
/// who came first has to go.
final class ControlServer: Sendable {
    private let path: String
    private let queue: DispatchQueue
    private let connections: QueueBound<[ControlConnection]>
    nonisolated(unsafe) private let source: any DispatchSourceRead  // libdispatch objects may be used anywhere

    /// Open at a time, so that a run keeps its descriptors for what it is there for.
    private static let mostConnections = 32

    /// Listens from now on.
    ///
    /// - Parameter handle: called on the server's queue.
    /// - Throws: ``PuppetError`` `.noControl` where the socket cannot be made.
    init(
        _ sockets: ControlSocket, handle: @escaping @Sendable (LiveCommand) -> CommandAnswer
    ) throws(PuppetError) {
        try sockets.makeFolder()
        path = sockets.path(of: getpid())
        let descriptor = try Self.listen(at: path)
        let queue = DispatchQueue(label: "puppet.control", qos: .utility)
        let connections = QueueBound<[ControlConnection]>([], on: queue)
        // libdispatch objects may be used anywhere.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler {
            guard !Self.welcome(at: descriptor, connections, handle, queue) else { return }
            // Out of descriptors: whoever rings goes on ringing, and would be heard without a pause.
            source.suspend()
            queue.asyncAfter(deadline: .now() + .milliseconds(200)) { source.resume() }
        }
        source.setCancelHandler { close(descriptor) }
        (self.queue, self.connections, self.source) = (queue, connections, source)
        source.activate()
    }

    deinit { stop() }

    /// Listens no longer; may be called more than once. Whoever is being answered, that the run ends for example, gets the
    /// answer before this returns.
    func stop() {
        guard !source.isCancelled else { return }
        source.cancel()
        unlink(path)
        queue.sync { connections.withState { $0.removeAll() } }
    }

    private static func listen(at path: String) throws(PuppetError) -> CInt {
        unlink(path)  // of a process that had our number
        guard let address = SocketAddress(path) else {
            throw PuppetError(
                .noControl, path, "is too long for a socket", hint: "set XDG_RUNTIME_DIR to a shorter one")
        }
        // Not blocking: who rang may have gone again when the door is opened.
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, CInt(kind), 0)
        guard descriptor >= 0, address.withPointer({ bind(descriptor, $0, $1) }) == 0, chmod(path, 0o600) == 0,
            Glibc.listen(descriptor, 128) == 0
        else {
            let reason = Errno(rawValue: errno)
            if descriptor >= 0 { close(descriptor) }
            throw PuppetError(.noControl, path, "cannot listen there: \(reason)", hint: "set XDG_RUNTIME_DIR")
        }
        return descriptor
    }

    /// Lets one in: between two, those who are in have their turn.
    ///
    /// - Returns: whether there was a descriptor for it.
    private static func welcome(
        at descriptor: CInt, _ connections: QueueBound<[ControlConnection]>,
        _ handle: @escaping @Sendable (LiveCommand) -> CommandAnswer, _ queue: DispatchQueue
    ) -> Bool {
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0 else { return ![EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        // Nobody waits for one who does not take an answer.
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        guard ControlSocket.isOurs(accepted) else {
            close(accepted)
            return true
        }
        let connection = ControlConnection(accepted, queue, answer: { answer(to: $0, handle) }) { ended in
            connections.withState { $0.removeAll { $0 === ended } }
        }
        if connections.withState({ $0.count }) >= mostConnections { connections.withState { $0[0] }.end() }
        connections.withState { $0.append(connection) }
        return true
    }

    private static func answer(to line: String, _ handle: (LiveCommand) -> CommandAnswer) -> String {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        do throws(PuppetError) {
            return handle(try LiveCommand(words: words)).line
        } catch {
            return CommandAnswer.refused("\(error)").line
        }
    }
}

import Dispatch
import Glibc

/// One who has rung at a ``ControlServer``: the line is gathered as it comes, and answered. Belongs to the server's queue.
final class ControlConnection {
    private let source: any DispatchSourceRead
    private let deadline: any DispatchSourceTimer

    /// Milliseconds in which the whole line has to come.
    private static let patience = 1000

    /// - Parameters:
    ///   - descriptor: taken over.
    ///   - queue: of the server.
    ///   - answer: to a line.
    ///   - onEnd: called when all has been said, or the line does not come; not where the connection is let go of.
    init(
        _ descriptor: CInt, _ queue: DispatchQueue, answer: @escaping (String) -> String,
        onEnd: @escaping (ControlConnection) -> Void
    ) {
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        deadline = DispatchSource.makeTimerSource(queue: queue)
        var gathered: [UInt8] = []
        source.setEventHandler { [weak self] in
            switch ControlSocket.gather(&gathered, from: descriptor) {
            case .more: return
            case .line(let line): ControlSocket.writeLine(answer(line), descriptor)
            case .nothing: break
            }
            if let self { onEnd(self) }
        }
        source.setCancelHandler { close(descriptor) }
        deadline.setEventHandler { [weak self] in if let self { onEnd(self) } }
        deadline.schedule(deadline: .now() + .milliseconds(Self.patience))
        deadline.activate()
        source.activate()
    }

    deinit {
        deadline.cancel()
        source.cancel()
    }
}

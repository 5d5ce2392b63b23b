import Dispatch
import Glibc

/// One who has rung at a ``ControlServer``: the line is gathered as it comes, and answered. Belongs to the server's queue.
final class ControlConnection {
    private let descriptor: CInt
    private let source: any DispatchSourceRead
    private let deadline: any DispatchSourceTimer
    private let answer: (String) -> String
    private let onEnd: (ControlConnection) -> Void
    private var gathered: [UInt8] = []

    /// Milliseconds in which the whole line has to come.
    private static let patience = 1000

    /// - Parameters:
    ///   - descriptor: taken over; not blocking.
    ///   - queue: of the server.
    ///   - answer: to a line.
    ///   - onEnd: called when all has been said; not where the connection is let go of.
    init(
        _ descriptor: CInt, _ queue: DispatchQueue, answer: @escaping (String) -> String,
        onEnd: @escaping (ControlConnection) -> Void
    ) {
        (self.descriptor, self.answer, self.onEnd) = (descriptor, answer, onEnd)
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        deadline = DispatchSource.makeTimerSource(queue: queue)
        source.setEventHandler { [weak self] in self?.look(isLast: false) }
        source.setCancelHandler { close(descriptor) }
        deadline.setEventHandler { [weak self] in self?.end() }
        deadline.schedule(deadline: .now() + .milliseconds(Self.patience))
        deadline.activate()
        source.activate()
    }

    deinit {
        deadline.cancel()
        source.cancel()
    }

    /// Answers a line that is there already, and waits for none.
    func end() { look(isLast: true) }

    private func look(isLast: Bool) {
        switch ControlSocket.gather(&gathered, from: descriptor) {
        case .line(let line): ControlSocket.writeLine(answer(line), descriptor)
        case .more where !isLast: return
        case .more, .nothing: break
        }
        onEnd(self)
    }
}

import Dispatch
import Synchronization

/// Writes the stats file of a live run on a queue of its own: a slow disk must not hold up frames.
final class StatsRecorder: Sendable {
    private let queue = DispatchQueue(label: "puppet.stats", qos: .utility)
    private let file: QueueBound<StatsFile?>
    private let dropped: Mutex<@Sendable () -> [String: Int]> = Mutex({ [:] })
    private let onFailure: @Sendable (any Error) -> Void

    /// - Parameter onFailure: called once, on some queue, where the file cannot be written.
    /// - Throws: ``FrameError`` where the file cannot be created.
    init(path: String, onFailure: @escaping @Sendable (any Error) -> Void) throws {
        file = QueueBound(try StatsFile(path: path), on: queue)
        self.onFailure = onFailure
    }

    /// Where the drop counts of every line come from.
    func setDropped(_ counts: @escaping @Sendable () -> [String: Int]) { dropped.withLock { $0 = counts } }

    /// From any queue; never blocks.
    func record(_ rendered: RenderedFrame) {
        queue.async { [self] in
            let counts = dropped.withLock { $0 }()
            attempt { try $0.write(rendered.frame.sequence, rendered.times, dropped: counts) }
        }
    }

    /// Returns when the file has its name.
    func finish() {
        queue.sync {
            attempt { try $0.finish() }
            file.withState { $0 = nil }
        }
    }

    private func attempt(_ work: (StatsFile) throws -> Void) {
        file.withState { file in
            guard let open = file else { return }
            do {
                try work(open)
            } catch {
                open.cancel()
                file = nil
                onFailure(error)
            }
        }
    }
}

import Dispatch
import Flow
import Frames

/// An output that writes to a sink, on a queue of its own: whatever blocks there costs this output pictures and nobody else.
package final class SinkOutput: Output {
    package let name: String
    package let ledger = OutputLedger(taking: .written)
    private let stage: Stage<Picture>
    private let sink: QueueBound<(any FrameSink)?>
    private let onFailure: @Sendable (any Error) -> Void

    /// - Parameter onFailure: called once, on the output's queue, where the sink cannot be written or finished; it has
    ///   been cancelled by then.
    package init(_ name: String, to sink: sending any FrameSink, onFailure: @escaping @Sendable (any Error) -> Void) {
        let queue = DispatchQueue(label: "puppet.output.\(name)", qos: .userInteractive)
        let state = QueueBound<(any FrameSink)?>(sink, on: queue)
        let ledger = ledger
        stage = Stage(
            on: queue, upstream: ledger.madeRoom, onReplaced: { ledger.dropped($0, .newer) }
        ) { picture in
            let isWritten = state.withState { sink in
                Self.attempt(&sink, onFailure) { try $0.write(picture.frame) }
            }
            if isWritten { ledger.took(picture) } else { ledger.dropped(picture, .lost) }
        }
        self.name = name
        self.sink = state
        self.onFailure = onFailure
    }

    package var hasRoom: Bool { stage.hasRoom }

    package func submit(_ picture: Picture) { stage.submit(picture) }

    package func finish(_ next: @escaping @Sendable () -> Void) {
        stage.finish { [sink, onFailure] in
            _ = sink.withState { sink in Self.attempt(&sink, onFailure) { try $0.finish() } }
            next()
        }
    }

    /// - Returns: whether there is a sink and `work` succeeded; a sink that fails is cancelled, and there is none any more.
    private static func attempt(
        _ sink: inout (any FrameSink)?, _ onFailure: (any Error) -> Void, _ work: (any FrameSink) throws -> Void
    ) -> Bool {
        guard let open = sink else { return false }
        do {
            try work(open)
            return true
        } catch {
            open.cancel()
            sink = nil
            onFailure(error)
            return false
        }
    }
}

import Frames
import Synchronization
import System

/// Measures one output: how many pictures it took and how old they were then. Any queue; one lock.
package final class OutputMeter: Sendable {
    private struct State {
        var latency = LatencyHistogram()
        var observer: (@Sendable (OutputEvent) -> Void)?
    }

    private let state = Mutex(State())

    /// - Parameter observer: called with every event, on the queue where it happens: must not block.
    func observe(_ observer: @escaping @Sendable (OutputEvent) -> Void) {
        state.withLock { $0.observer = observer }
    }

    /// The output has just taken `frame`: its bytes have been handed over.
    func handedOver(_ frame: Frame) {
        let milliseconds = MonotonicTime.now.milliseconds(since: frame.captured)
        let observer = state.withLock { state in
            state.latency.add(milliseconds)
            return state.observer
        }
        observer?(.handedOver(sequence: frame.sequence, milliseconds: milliseconds))
    }

    /// A newer picture came before the output took `frame`.
    func replaced(_ frame: Frame) {
        state.withLock { $0.observer }?(.replaced(sequence: frame.sequence))
    }

    /// From capture to the moment the output had the bytes.
    package var latency: LatencyHistogram { state.withLock { $0.latency } }
}

/// What became of a picture at an output.
enum OutputEvent: Sendable {
    /// Milliseconds since it was captured.
    case handedOver(sequence: Int, milliseconds: Double)
    case replaced(sequence: Int)
}

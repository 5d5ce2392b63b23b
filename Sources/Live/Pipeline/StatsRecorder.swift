import Dispatch
import Driving
import Flow
import Synchronization

/// Writes the stats file of a live run on a queue of its own: a slow disk must not hold up frames.
///
/// A frame's line is written when every output has either taken its picture or passed it over, in the order of frames.
final class StatsRecorder: Sendable {
    private struct Pending {
        let sequence: Int
        let times: FrameTimes
        let work: FrameWork
        var latency: [String: Double] = [:]
        var outputsLeft: Int
    }

    private struct State {
        var file: StatsFile?
        /// By sequence number, oldest first; as many as the slowest output is behind.
        var pending: [Pending] = []
        var outputCount = 0
        var counts: @Sendable () -> LiveCounts = { LiveCounts() }
    }

    /// Frames that are waited for; an output that hangs must not fill the memory.
    private static let mostPending = 256

    private let queue = DispatchQueue(label: "puppet.stats", qos: .utility)
    private let state: QueueBound<State>
    private let onFailure: @Sendable (any Error) -> Void

    /// - Parameter onFailure: called once, on some queue, where the file cannot be written.
    /// - Throws: ``FrameError`` where the file cannot be created.
    init(path: String, onFailure: @escaping @Sendable (any Error) -> Void) throws {
        state = QueueBound(State(file: try StatsFile(path: path)), on: queue)
        self.onFailure = onFailure
    }

    /// Learns from the pipeline what becomes of the frames; before it starts.
    func follow(_ pipeline: LivePipeline) {
        queue.sync {
            state.withState { state in
                state.outputCount = pipeline.outputSummaries.count
                state.counts = { [weak pipeline] in pipeline?.counts ?? LiveCounts() }
            }
        }
        pipeline.observeOutputs { [self] name, event in
            queue.async { [self] in state.withState { note(event, at: name, &$0) } }
        }
    }

    /// From any queue; never blocks.
    func record(_ rendered: RenderedFrame) {
        queue.async { [self] in
            state.withState { state in
                state.pending.append(
                    Pending(
                        sequence: rendered.frame.sequence, times: rendered.times, work: rendered.work,
                        outputsLeft: state.outputCount))
                writeComplete(&state)
            }
        }
    }

    /// Returns when the file has its name.
    func finish() {
        queue.sync {
            state.withState { state in
                for index in state.pending.indices { state.pending[index].outputsLeft = 0 }
                writeComplete(&state)
                attempt(&state) { try $0.finish() }
                state.file = nil
            }
        }
    }

    private func note(_ event: OutputEvent, at output: String, _ state: inout State) {
        let sequence =
            switch event {
            case .handedOver(let sequence, _), .replaced(let sequence): sequence
            }
        guard let index = state.pending.firstIndex(where: { $0.sequence == sequence }) else { return }
        if case .handedOver(_, let milliseconds) = event { state.pending[index].latency[output] = milliseconds }
        state.pending[index].outputsLeft -= 1
        writeComplete(&state)
    }

    private func writeComplete(_ state: inout State) {
        while let first = state.pending.first, first.outputsLeft <= 0 || state.pending.count > Self.mostPending {
            state.pending.removeFirst()
            let counts = state.counts()
            attempt(&state) { try $0.write(first.sequence, first.times, first.work, latency: first.latency, counts) }
        }
    }

    private func attempt(_ state: inout State, _ work: (StatsFile) throws -> Void) {
        guard let open = state.file else { return }
        do {
            try work(open)
        } catch {
            open.cancel()
            state.file = nil
            onFailure(error)
        }
    }
}

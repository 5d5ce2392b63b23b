import Dispatch
import Display
import Driving
import Flow
import Synchronization

/// Writes the stats file of a live run on a queue of its own: a slow disk must not hold up frames.
///
/// A frame's line is written when every output has said what became of its picture, in the order of frames.
final class StatsRecorder: Sendable {
    private struct Pending {
        let sequence: Int
        let times: FrameTimes
        let work: PictureWork
        var outputs: [String: OutputEntry] = [:]
    }

    private struct State {
        var file: StatsFile?
        /// By sequence number, oldest first; as many as the slowest output is behind.
        var pending: [Pending] = []
        var outputCount = 0
        var counts: @Sendable () -> LiveCounts = { LiveCounts() }
    }

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
                        sequence: rendered.frame.sequence, times: rendered.times, work: rendered.work))
                writeComplete(&state)
            }
        }
    }

    /// Returns when the file has its name.
    func finish() {
        queue.sync {
            state.withState { state in
                writeComplete(&state)
                attempt(&state) { try $0.finish() }
                state.file = nil
            }
        }
    }

    private func note(_ entry: OutputEntry, at output: String, _ state: inout State) {
        guard let index = state.pending.firstIndex(where: { $0.sequence == entry.sequence }) else { return }
        state.pending[index].outputs[output] = entry
        writeComplete(&state)
    }

    private func writeComplete(_ state: inout State) {
        while let first = state.pending.first, first.outputs.count == state.outputCount {
            state.pending.removeFirst()
            let counts = state.counts()
            attempt(&state) { try $0.write(first.sequence, first.times, first.work, outputs: first.outputs, counts) }
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

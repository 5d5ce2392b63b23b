import Dispatch
import Flow
import Frames
import Synchronization
import System

/// An output that writes to a sink, on a queue of its own: whatever blocks there costs this output pictures and nobody else.
public final class SinkOutput: Output {
    private struct State {
        /// `nil` once it has failed.
        var sink: (any FrameSink)?
        var timeline: RecordingTimeline?
        /// `nil` where the sink takes pictures of any size.
        var fit: SizeFit?
        /// What a recording shows until the next picture comes.
        var last: Frame?
    }

    public let name: String
    public let ledger = OutputLedger(taking: .written)
    private let stage: Stage<Picture>
    private let state: QueueBound<State>
    private let onFailure: @Sendable (any Error) -> Void
    private let finished = Mutex<RecordingLength?>(nil)

    /// - Parameters:
    ///   - size: that the sink's pictures have; `nil` where it takes any.
    ///   - timeline: when pictures are shown in what is recorded; `nil` writes each of them once.
    ///   - onFailure: called once, on the output's queue, where the sink cannot be written or finished; what was written
    ///     before is kept by then where it can be.
    public init(
        _ name: String, to sink: sending any FrameSink, size: FrameSize? = nil, _ timeline: RecordingTimeline? = nil,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        let queue = DispatchQueue(label: "puppet.output.\(name)", qos: .userInteractive)
        let state = QueueBound(State(sink: sink, timeline: timeline, fit: size.map { SizeFit($0) }), on: queue)
        let ledger = ledger
        stage = Stage(
            on: queue, upstream: ledger.madeRoom, onReplaced: { ledger.dropped($0, .newer) }
        ) { picture in
            switch state.withState({ Self.take(picture, &$0, onFailure) }) {
            case .written: ledger.took(picture)
            case .ahead: ledger.dropped(picture, .newer)
            case .lost: ledger.dropped(picture, .lost)
            }
        }
        self.name = name
        self.state = state
        self.onFailure = onFailure
    }

    public var hasRoom: Bool { stage.hasRoom }

    public func submit(_ picture: Picture) { stage.submit(picture) }

    public func finish(at end: RunEnd, _ next: @escaping @Sendable () -> Void) {
        stage.finish { [self] in
            let length = state.withState { Self.close(&$0, end, onFailure) }
            finished.withLock { $0 = length }
            next()
        }
    }

    public var recorded: RecordingLength? { finished.withLock { $0 } }

    private enum Outcome {
        case written, ahead, lost
    }

    private static func take(_ picture: Picture, _ state: inout State, _ onFailure: (any Error) -> Void) -> Outcome {
        guard state.sink != nil else { return .lost }
        let frame = state.fit?(picture.frame) ?? picture.frame
        let before = state.last ?? frame
        var repeats = 0
        if state.timeline != nil {
            state.last = frame
            guard let gap = state.timeline?.place(frame, isFiller: picture.content.isFiller) else { return .ahead }
            repeats = gap
        }
        return attempt(&state, onFailure) { sink in
            for _ in 0..<repeats { try sink.write(before) }
            try sink.write(frame)
        } ? .written : .lost
    }

    /// - Returns: how long the recording is, where it is one and complete.
    private static func close(
        _ state: inout State, _ end: RunEnd, _ onFailure: (any Error) -> Void
    ) -> RecordingLength? {
        let repeats = state.timeline?.extend(to: end) ?? 0
        let last = state.last
        let isComplete = attempt(&state, onFailure) { sink in
            if let last { for _ in 0..<repeats { try sink.write(last) } }
            try sink.finish()
        }
        state.last = nil
        return isComplete ? state.timeline?.length : nil
    }

    /// - Returns: whether there is a sink and `work` succeeded; a sink that fails keeps what it can, and there is none any
    ///   more.
    private static func attempt(
        _ state: inout State, _ onFailure: (any Error) -> Void, _ work: (any FrameSink) throws -> Void
    ) -> Bool {
        guard let open = state.sink else { return false }
        do {
            try work(open)
            return true
        } catch {
            let isKept = open.keep()
            state.sink = nil
            state.last = nil
            onFailure(
                isKept ? (error as? any Advisable)?.advising("what was written before it is kept") ?? error : error)
            return false
        }
    }
}

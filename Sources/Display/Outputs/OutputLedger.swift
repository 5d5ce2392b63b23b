import Synchronization
import System

/// Where an output enters what becomes of its pictures, and how old those were that it took. Any queue; one lock.
///
/// Fillers are not entered: no driving frame stands behind them.
public final class OutputLedger: Sendable {
    private struct State {
        var counts = OutputCounts()
        var latency = LatencyHistogram()
        var newest = RollingMedian(of: 121)
        var observer: (@Sendable (OutputEntry) -> Void)?
        var onRoom: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let taking: PictureFate

    /// - Parameter taking: what a picture is that the output takes: ``PictureFate/shown`` or ``PictureFate/written``.
    public init(taking: PictureFate) { self.taking = taking }

    /// - Parameter observer: called with every entry, on the queue that makes it: must not block. To be set before the first
    ///   picture comes.
    public func follow(_ observer: @escaping @Sendable (OutputEntry) -> Void) {
        state.withLock { $0.observer = observer }
    }

    /// - Parameter ask: called on some queue whenever the output may have room for another picture: must not block. To be
    ///   set before the first one comes.
    public func onRoom(_ ask: @escaping @Sendable () -> Void) { state.withLock { $0.onRoom = ask } }

    /// The output has just taken `picture`: its bytes have been handed over.
    public func took(_ picture: Picture) {
        enter(
            picture, picture.isRepeat ? .repeated : taking,
            milliseconds: MonotonicTime.now.milliseconds(since: picture.frame.captured))
    }

    /// Nobody will see the picture.
    public func dropped(_ picture: Picture, _ reason: PictureFate.DropReason) {
        enter(picture, .dropped(reason), milliseconds: nil)
    }

    /// The output may have room for another picture.
    public func madeRoom() { state.withLock { $0.onRoom }?() }

    private func enter(_ picture: Picture, _ fate: PictureFate, milliseconds: Double?) {
        if !picture.content.isFiller {
            let observer = state.withLock { state in
                state.counts.add(fate)
                if let milliseconds {
                    state.latency.add(milliseconds)
                    state.newest.add(milliseconds)
                }
                return state.observer
            }
            observer?(OutputEntry(sequence: picture.frame.sequence, fate: fate, milliseconds: milliseconds))
        }
        madeRoom()
    }

    public var counts: OutputCounts { state.withLock { $0.counts } }

    /// From capture to the moment the output had the bytes.
    public var latency: LatencyHistogram { state.withLock { $0.latency } }

    /// The same of the newest 121 pictures, some seconds of them: their median in milliseconds; `nil` before the first.
    public var newestLatency: Double? { state.withLock { $0.newest.isEmpty ? nil : $0.newest.median } }
}

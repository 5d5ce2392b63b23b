import Dispatch
import Driving
import Flow
import Frames

/// Where a live run's pictures go, on a queue of its own: whatever blocks there costs this output frames and nobody else.
package struct Output: Sendable {
    package let name: String
    package let meter: OutputMeter
    /// Called on the output's queue after the last picture.
    let finish: @Sendable () -> Void
    private let work: @Sendable (RenderedFrame) -> Void
    private let queue: DispatchQueue

    /// An output that hands every picture to `write`, on the output's queue.
    ///
    /// - Parameters:
    ///   - meter: told by `write` when the bytes have been handed over.
    ///   - finish: called on the output's queue after the last picture.
    package init(
        _ name: String, meter: OutputMeter = OutputMeter(), write: @escaping @Sendable (RenderedFrame) -> Void,
        finish: @escaping @Sendable () -> Void = {}
    ) {
        self.name = name
        self.meter = meter
        queue = Self.queue(name)
        work = write
        self.finish = finish
    }

    /// An output that writes to a sink and finishes it at the end.
    ///
    /// - Parameter onFailure: called once, on the output's queue, where the sink cannot be written or finished; it has
    ///   been cancelled by then.
    package init(_ name: String, to sink: sending any FrameSink, onFailure: @escaping @Sendable (any Error) -> Void) {
        let queue = Self.queue(name)
        let meter = OutputMeter()
        let state = QueueBound<(any FrameSink)?>(sink, on: queue)
        @Sendable func attempt(_ work: (any FrameSink) throws -> Void) {
            state.withState { sink in
                guard let open = sink else { return }
                do {
                    try work(open)
                } catch {
                    open.cancel()
                    sink = nil
                    onFailure(error)
                }
            }
        }
        self.name = name
        self.queue = queue
        self.meter = meter
        work = { rendered in
            attempt {
                try $0.write(rendered.frame)
                if !rendered.isFiller { meter.handedOver(rendered.frame) }
            }
        }
        finish = { attempt { try $0.finish() } }
    }

    /// - Parameter upstream: called when there is room for another picture.
    func makeStage(upstream: WakeUp? = nil) -> Stage<RenderedFrame> {
        Stage(
            on: queue, upstream: upstream, onReplaced: { [meter] in if !$0.isFiller { meter.replaced($0.frame) } }, work
        )
    }

    private static func queue(_ name: String) -> DispatchQueue {
        DispatchQueue(label: "puppet.output.\(name)", qos: .userInteractive)
    }
}

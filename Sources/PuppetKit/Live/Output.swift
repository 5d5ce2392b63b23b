import Dispatch
import Frames

/// Where a live run's pictures go, on a queue of its own: whatever blocks there costs this output frames and nobody else.
package struct Output: Sendable {
    package let name: String
    let stage: Stage<RenderedFrame>
    /// Called on the output's queue after the last picture.
    let finish: @Sendable () -> Void

    /// An output that hands every picture to `write`, on the output's queue.
    package init(_ name: String, write: @escaping @Sendable (RenderedFrame) -> Void) {
        self.name = name
        stage = Stage(on: Self.queue(name), write)
        finish = {}
    }

    /// An output that writes to a sink and finishes it at the end.
    ///
    /// - Parameter onFailure: called once, on the output's queue, where the sink cannot be written or finished; it has
    ///   been cancelled by then.
    package init(_ name: String, to sink: sending any FrameSink, onFailure: @escaping @Sendable (any Error) -> Void) {
        let queue = Self.queue(name)
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
        stage = Stage(on: queue) { rendered in attempt { try $0.write(rendered.frame) } }
        finish = { attempt { try $0.finish() } }
    }

    private static func queue(_ name: String) -> DispatchQueue {
        DispatchQueue(label: "puppet.output.\(name)", qos: .userInteractive)
    }
}

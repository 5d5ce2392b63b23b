import Driving

/// Who is told what happens in a ``LivePipeline``. Each is called on the queue where it happens and must not block.
package struct LiveObserver: Sendable {
    /// Every finished picture; the generating queue.
    package var onRendered: @Sendable (RenderedFrame) -> Void = { _ in }
    /// Every driving frame that was looked at; the detecting queue.
    package var onTracked: @Sendable (TrackingReport) -> Void = { _ in }
    /// The detecting queue.
    package var onEvent: @Sendable (TrackingEvent) -> Void = { _ in }
    /// Some queue, where the source fails; the run then ends by itself.
    package var onFailure: @Sendable (any Error) -> Void = { _ in }

    package init() {}
}

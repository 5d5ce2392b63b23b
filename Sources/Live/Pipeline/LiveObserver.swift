import Driving

/// Who is told what happens in a ``LivePipeline``. Each is called on the queue where it happens and must not block.
package struct LiveObserver: Sendable {
    /// Every finished picture; the generating queue.
    package var onRendered: @Sendable (RenderedFrame) -> Void = { _ in }
    /// Every driving frame that was looked at; the detecting queue.
    package var onTracked: @Sendable (TrackingReport) -> Void = { _ in }
    /// The detecting queue.
    package var onEvent: @Sendable (TrackingEvent) -> Void = { _ in }
    /// Every avatar that is going to be shown, the first among them; the queue that reads it.
    package var onAvatar: @Sendable (Avatar) -> Void = { _ in }
    /// What was found out about a recorded driving video beforehand; the thread that makes the pipeline.
    package var onSurvey: @Sendable (DrivingSurvey) -> Void = { _ in }
    /// Some queue, where the source fails; the run then ends by itself.
    package var onFailure: @Sendable (any Error) -> Void = { _ in }

    package init() {}
}

import Dispatch
import Synchronization

/// When a ``Stage`` may begin with the input that waits for it.
package struct StartRule: Sendable {
    /// Asked on the stage's queue, with an input waiting.
    package let mayStart: @Sendable () -> Bool
    /// Called on the stage's queue just before the newest input is taken; may sleep.
    package let waitForMoment: @Sendable () -> Void

    package init(
        mayStart: @escaping @Sendable () -> Bool = { true }, waitForMoment: @escaping @Sendable () -> Void = {}
    ) {
        self.mayStart = mayStart
        self.waitForMoment = waitForMoment
    }

    package static let atOnce = StartRule()
}

import Synchronization

/// Asks a run that a camera drives to go on with another. Any queue.
package final class CameraSwitch: Sendable {
    private let wanted = Mutex<String?>(nil)

    package init() {}

    /// - Parameter path: of a camera, which is opened before the next picture is read.
    package func choose(_ path: String) { wanted.withLock { $0 = path } }

    /// What was chosen since the last time.
    func take() -> String? { wanted.withLock { $0.take() } }
}

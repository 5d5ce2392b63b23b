import Synchronization

/// Asks a run that a camera drives to go on with another. Any queue.
public final class CameraSwitch: Sendable {
    private let wanted = Mutex<String?>(nil)

    public init() {}

    /// - Parameter path: of a camera, which is opened before the next picture is read.
    public func choose(_ path: String) { wanted.withLock { $0 = path } }

    /// What was chosen since the last time.
    func take() -> String? { wanted.withLock { $0.take() } }
}

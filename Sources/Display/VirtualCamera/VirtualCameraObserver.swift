/// Is told what becomes of a virtual camera's device. On the camera's queue, or on the thread that makes the camera.
public struct VirtualCameraObserver: Sendable {
    /// The device is lost, each time: for good, unless ``VirtualCamera/Settings/reopens`` is set. What is given afterwards is
    /// kept for when it returns.
    public var onLoss: @Sendable (DisplayError) -> Void
    /// A lost device is there again.
    public var onReturn: @Sendable () -> Void

    /// Somebody begins to look, or nobody does any more; at first nobody does. Where a camera cannot tell,
    /// somebody always looks.
    public var onWatched: @Sendable (_ isWatched: Bool) -> Void

    public init(
        onLoss: @escaping @Sendable (DisplayError) -> Void, onReturn: @escaping @Sendable () -> Void = {},
        onWatched: @escaping @Sendable (_ isWatched: Bool) -> Void = { _ in }
    ) {
        self.onLoss = onLoss
        self.onReturn = onReturn
        self.onWatched = onWatched
    }
}

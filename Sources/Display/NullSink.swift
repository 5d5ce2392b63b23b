import Frames

/// Takes pictures and does nothing with them: for measuring.
public final class NullSink: FrameSink {
    public let name = "null"
    public init() {}
    /// Forgets it.
    public func write(_ frame: Frame) {}
    public func finish() {}
    public func cancel() {}
}

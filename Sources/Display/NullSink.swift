import Frames

/// Takes pictures and does nothing with them: for measuring.
package final class NullSink: FrameSink {
    package let name = "null"
    package init() {}
    package func write(_ frame: Frame) {}
    package func finish() {}
    package func cancel() {}
}

import Foundation
import Frames
import System

/// Makes a camera of any source: pictures come at its rate whether somebody fetches them or not, and wait in a few
/// buffers, oldest first, as those of a driver do. Where no buffer is free a picture is lost.
///
/// Has a thread of its own, which owns the source; one queue calls ``next()``.
public final class FreeRunningCamera: FrameSource {
    public let name: String
    public let size: FrameSize
    public let frameRate: FrameRate
    public let isLive = true
    private let ring: Ring

    /// What thread and reader share.
    ///
    /// `@unchecked Sendable` holds because every use below holds `condition`, but for `capacity`, which never changes.
    private final class Ring: @unchecked Sendable {
        let condition = NSCondition()
        let capacity: Int
        var frames: [Frame] = []
        var isOver = false
        var failure: (any Error)?

        init(capacity: Int) { self.capacity = capacity }
    }

    /// Starts at once.
    ///
    /// - Parameter buffers: pictures that can wait, at least 1.
    public init(_ source: sending any FrameSource, buffers: Int) {
        name = source.name
        size = source.size
        frameRate = source.frameRate
        ring = Ring(capacity: buffers)
        let (ring, rate) = (ring, frameRate)
        nonisolated(unsafe) let source = source  // this thread is its only owner from here on
        let thread = Thread { Self.run(source, rate, ring) }
        thread.name = "puppet-camera"
        thread.start()
    }

    deinit { interrupt() }

    public var interrupt: @Sendable () -> Void {
        { [ring] in
            ring.condition.withLock {
                ring.isOver = true
                ring.frames.removeAll()
                ring.condition.broadcast()
            }
        }
    }

    /// Waits for the next picture; `nil` after the source's last one. `Frame/captured` is when the picture was complete.
    public func next() throws -> Frame? {
        try ring.condition.withLock {
            while ring.frames.isEmpty, !ring.isOver { ring.condition.wait() }
            if !ring.frames.isEmpty { return ring.frames.removeFirst() }
            if let failure = ring.failure { throw failure }
            return nil
        }
    }

    private static func run(_ source: any FrameSource, _ rate: FrameRate, _ ring: Ring) {
        let start = MonotonicTime.now
        var sequence = 0
        while !ring.condition.withLock({ ring.isOver }) {
            let due = start.advanced(byNanoseconds: rate.time(ofFrame: sequence))
            let wait = due.milliseconds(since: .now)
            if wait > 0 { Thread.sleep(forTimeInterval: wait / 1000) }
            let outcome = Result { try source.next() }
            ring.condition.withLock {
                switch outcome {
                case .success(let frame?):
                    if ring.frames.count < ring.capacity {  // else it is lost
                        ring.frames.append(frame.stamped(sequence: sequence, captured: .now))
                    }
                case .success(nil): ring.isOver = true
                case .failure(let error):
                    ring.failure = error
                    ring.isOver = true
                }
                ring.condition.signal()
            }
            sequence += 1
        }
    }
}

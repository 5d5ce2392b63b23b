import System

/// When a frame passed each point of its journey; travels with it.
package struct FrameTimes: Sendable {
    package let captured: MonotonicTime
    package let detectStarted: MonotonicTime
    package let detected: MonotonicTime
    package var generateStarted: MonotonicTime
    package var motionEstimated: MonotonicTime
    package var generated: MonotonicTime

    package init(captured: MonotonicTime, detectStarted: MonotonicTime, detected: MonotonicTime) {
        self.captured = captured
        self.detectStarted = detectStarted
        self.detected = detected
        generateStarted = detected
        motionEstimated = detected
        generated = detected
    }

    /// Milliseconds from capture to the finished picture.
    package var latency: Double { generated.milliseconds(since: captured) }

    /// Milliseconds that all stages took, without what the frame waited in between.
    package var compute: Double { StageName.allCases.reduce(0) { $0 + self[$1] } }

    /// Milliseconds that `stage` took.
    package subscript(stage: StageName) -> Double {
        switch stage {
        case .detect: detected.milliseconds(since: detectStarted)
        case .denseMotion: motionEstimated.milliseconds(since: generateStarted)
        case .generate: generated.milliseconds(since: motionEstimated)
        }
    }
}

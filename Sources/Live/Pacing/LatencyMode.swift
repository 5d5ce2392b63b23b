/// `--latency`: whether a picture is to be young or the flow of pictures even.
package enum LatencyMode: String, CaseIterable, Sendable {
    /// One frame under way in all. Every stage has all threads, and begins with the newest frame there is.
    case low
    /// The next frame is detected while the one before is still being generated, so late that it is ready just then.
    case balanced
    /// Every stage takes the next frame as soon as it can: most pictures a second, each of them older.
    case smooth

    /// Threads of the detecting and of the generating stage, at least 1 each.
    ///
    /// - Parameter all: as many as `--threads` says.
    func threads(of all: Int) -> (detect: Int, generate: Int) {
        switch self {
        case .low: (all, all)
        case .balanced: (max(1, all / 4), all)
        // Detecting is a tenth of the work; where there are cores for both, neither waits for the other.
        case .smooth: (max(1, all / 4), all >= 4 ? all - all / 4 : all)
        }
    }

    /// Buffers a camera's driver is asked for: fewer means that none of them can hold an old picture.
    package var cameraBuffers: Int { self == .low ? 2 : 4 }

    /// How often a second a virtual camera repeats a picture while no new one comes.
    package var repeatRate: Int { self == .smooth ? 30 : 15 }
}

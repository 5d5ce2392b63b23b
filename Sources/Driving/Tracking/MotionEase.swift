import FOMMCore
import System

/// What the avatar showed when it was calibrated, which it eases away from: filter, bridge and neutral pose begin anew then,
/// and none of that is to be seen. A value; the detecting queue owns it.
struct MotionEase: Sendable {
    let from: Keypoints
    let since: MonotonicTime

    /// Milliseconds.
    private static let duration = 300.0

    /// How much of the way is gone, 0...1; starts and ends at rest.
    func share(at time: MonotonicTime) -> Double {
        let t = min(max(time.milliseconds(since: since) / Self.duration, 0), 1)
        return t * t * (3 - 2 * t)
    }
}

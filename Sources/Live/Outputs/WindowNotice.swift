import Display
import Driving
import System

/// What the window says about a calibration for a while.
struct WindowNotice {
    private let message: WindowMessage
    /// The avatar that it is about; `nil` where it holds for any.
    private let avatar: Avatar?
    private let until: MonotonicTime

    init(_ message: WindowMessage, of avatar: Avatar? = nil, at now: MonotonicTime) {
        (self.message, self.avatar) = (message, avatar)
        until = now.advanced(byNanoseconds: Self.duration)
    }

    /// - Parameter shown: the avatar that is shown now.
    /// - Returns: `nil` when its time is over, and beside another avatar: how to sit for one says nothing of the next.
    func message(beside shown: Avatar, at now: MonotonicTime) -> WindowMessage? {
        now <= until && (avatar == nil || avatar === shown) ? message : nil
    }

    /// Nanoseconds.
    private static let duration: UInt64 = 6_000_000_000
}

import Display
import Driving
import System

/// What the window says for a while.
struct WindowNotice {
    private let message: WindowMessage
    /// The avatar that it is about; `nil` where it holds for any.
    private let avatar: Avatar?
    private let until: MonotonicTime

    /// - Parameter seconds: for how long.
    init(_ message: WindowMessage, of avatar: Avatar? = nil, at now: MonotonicTime, seconds: UInt64 = 6) {
        (self.message, self.avatar) = (message, avatar)
        until = now.advanced(byNanoseconds: 1_000_000_000 * seconds)
    }

    /// - Parameter shown: the avatar that is shown now.
    /// - Returns: `nil` when its time is over, and beside another avatar: how to sit for one says nothing of the next.
    func message(beside shown: Avatar, at now: MonotonicTime) -> WindowMessage? {
        now <= until && (avatar == nil || avatar === shown) ? message : nil
    }
}

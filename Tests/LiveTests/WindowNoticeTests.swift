import Display
import FOMMCore
import TestSupport
import Testing

@testable import Driving
@testable import Live
@testable import System

@Suite("What the window says about a calibration")
struct WindowNoticeTests {
    @Test func belongsToAnAvatar() throws {
        let detector = FrameDetector(try TestModel.tiny(), threads: 1)
        let (one, other) = try (
            AvatarList(nil).load(0, AvatarReader(detector)), AvatarList(nil).load(0, AvatarReader(detector))
        )
        let now = MonotonicTime.now
        let message = WindowMessage("calibration fair (55 of 100): turn a little left")
        let notice = WindowNotice(message, of: one, at: now)
        #expect(notice.message(beside: one, at: now) == message)
        #expect(notice.message(beside: other, at: now) == nil, "the avatar was switched")
        #expect(notice.message(beside: one, at: now.advanced(byNanoseconds: 7_000_000_000)) == nil, "after its time")
        #expect(WindowNotice(message, at: now).message(beside: other, at: now) == message, "about no avatar")
    }
}

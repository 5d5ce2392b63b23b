import Flow
import Testing

@testable import Frames

@Suite("Frames, pools, mailboxes and rates", .timeLimit(.minutes(5)))
struct FrameTests {
    private func address(_ frame: Frame) -> UnsafeRawPointer? { frame.pixels.withBytes { $0.baseAddress } }

    @Test func poolGivesTheSameMemoryAgain() {
        let pool = FramePool(size: FrameSize(square: 8), capacity: 1)
        var addresses: Set<UnsafeRawPointer?> = []
        for sequence in 0..<100 {
            let frame = pool.makeFrame(sequence: sequence, captured: .now) {
                $0.initializeMemory(as: UInt8.self, repeating: 7)
            }
            addresses.insert(address(frame))
        }
        #expect(addresses.count == 1, "a frame that has gone must leave its memory to the next one")
    }

    @Test func poolNeverReusesWhatIsStillShown() {
        let pool = FramePool(size: FrameSize(square: 4), capacity: 2)
        let held = (0..<5).map { value in
            pool.makeFrame(sequence: value, captured: .now) {
                $0.initializeMemory(as: UInt8.self, repeating: UInt8(value))
            }
        }
        #expect(Set(held.map(address)).count == 5, "five frames alive at once need five buffers")
        for (value, frame) in held.enumerated() {
            #expect(frame.pixels.withBytes { $0.allSatisfy { $0 == UInt8(value) } }, "frame \(value) was overwritten")
        }
    }

    @Test func poolKeepsABufferWhoseFillingFailed() {
        struct Failed: Error {}
        let pool = FramePool(size: FrameSize(square: 4), capacity: 1)
        let first = address(
            pool.makeFrame(sequence: 0, captured: .now) { $0.initializeMemory(as: UInt8.self, repeating: 0) })
        #expect(throws: Failed.self) {
            try pool.makeFrame(sequence: 1, captured: .now) { _ throws(Failed) in throw Failed() }
        }
        let third = address(
            pool.makeFrame(sequence: 2, captured: .now) { $0.initializeMemory(as: UInt8.self, repeating: 0) })
        #expect(first == third, "the buffer must come back after an error")
    }

    @Test func mailboxKeepsTheNewestAndCountsTheRest() {
        let mailbox = Mailbox<Int>()
        #expect(mailbox.take() == nil, "empty at first")
        #expect(mailbox.post(1), "an empty slot wakes the consumer")
        #expect(!mailbox.post(2), "a full one must not wake it twice")
        #expect(!mailbox.post(3), "a full one must not wake it twice")
        #expect(mailbox.dropped == 2, "1 and 2 were replaced unread")
        #expect(mailbox.take() == 3, "newest wins")
        #expect(mailbox.take() == nil, "taken once")
        #expect(mailbox.post(4), "empty again")
        #expect(mailbox.dropped == 2, "taking is no drop")
    }

    @Test(arguments: [
        (FrameRate(25), 1, UInt64(40_000_000)),
        (FrameRate(30000, over: 1001), 30000, 1_001_000_000_000),
        (FrameRate(30000, over: 1001), 1, 33_366_666),
        (FrameRate(1, over: 3), 2, 6_000_000_000),
        (FrameRate(999_999_999), 999_999_999, 1_000_000_000),
    ])
    func timeOfAFrameIsExact(_ rate: FrameRate, _ index: Int, _ nanoseconds: UInt64) {
        #expect(rate.time(ofFrame: index) == nanoseconds, "frame \(index) at \(rate) frames a second")
    }

    @Test(arguments: [
        (1, 1, true), (8000, 8000, true), (8000, 8001, false), (0, 5, false), (5, -1, false),
        (Int.max, Int.max, false), (64_000_000, 1, true),
    ])
    func claimedSizesAreChecked(_ width: Int, _ height: Int, _ accepted: Bool) {
        #expect((FrameSize(claimedWidth: width, height: height) != nil) == accepted, "\(width)x\(height)")
    }
}

import CAllocationCounter
import Dispatch
import Frames
import System
import TestSupport
import Testing

@testable import Display

@Suite("A recording plays as long as the run took", .timeLimit(.minutes(5)))
struct RecordingTimelineTests {
    private static let picture = PixelBuffer.smooth(FrameSize(square: 8))

    private static func time(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000 + UInt64(seconds * 1e9))
    }

    private static func frame(_ sequence: Int, at seconds: Double) -> Frame {
        picture.asFrame().stamped(sequence: sequence, captured: time(seconds))
    }

    /// Pictures a second that are computed, of how many; each may tremble by a quarter of a frame.
    @Test(arguments: [(12.0, 30), (30, 30), (29.5, 30), (24, 25), (7.3, 60), (1, 25)])
    func whateverIsComputed(_ computed: Double, _ rate: Int) {
        var timeline = RecordingTimeline(FrameRate(rate), .captured)
        for index in 0..<Int(15 * computed) {
            let tremble = index == 0 ? 0 : 0.25 * (Double(index * 7919 % 11) / 5 - 1) / Double(rate)
            let at = Double(index) / computed
            let before = timeline.frames
            let repeats = timeline.place(Self.frame(index, at: at + tremble))
            #expect(repeats.map { before + $0 + 1 == timeline.frames } == true, "picture \(index) has no place")
            let shown = Double(timeline.frames - 1) / Double(rate)
            #expect(abs(shown - at) <= 1.3 / Double(rate), "picture \(index) of \(at) s is shown at \(shown) s")
        }
        let before = timeline.frames
        let rest = timeline.extend(to: RunEnd(time: Self.time(15), framesRead: 0))
        #expect(timeline.frames == 15 * rate && before + rest == timeline.frames, "\(timeline.frames) frames")
        #expect(timeline.length.summary == "\(15 * rate) frames, 15.0 s")
    }

    /// A camera that is faster than it says: the recording does not run ahead.
    @Test func moreThanTheRateHasRoomFor() {
        var timeline = RecordingTimeline(FrameRate(30), .captured)
        var left = 0
        for index in 0..<600 where timeline.place(Self.frame(index, at: Double(index) / 60)) == nil { left += 1 }
        #expect((299...301).contains(timeline.frames) && left == 600 - timeline.frames, "\(timeline.frames), \(left)")
    }

    /// A driving file says itself when its frames are shown: a computer that reads it too slowly changes nothing.
    @Test func aFilesFramesGoWhereTheyWere() {
        var timeline = RecordingTimeline(FrameRate(25), .sequence)
        let gaps = [2, 3, 7, 8].map { timeline.place(Self.frame($0, at: Double($0))) }
        #expect(gaps == [2, 0, 3, 0], "the first one is shown from the beginning")
        #expect(timeline.extend(to: RunEnd(time: Self.time(100), framesRead: 12)) == 3)
        #expect(timeline.frames == 12)
    }

    @Test func aRunWithoutPicturesHasNothingToRepeat() {
        var timeline = RecordingTimeline(FrameRate(25), .captured)
        #expect(timeline.extend(to: RunEnd(time: Self.time(10), framesRead: 250)) == 0)
        #expect(timeline.length.summary == "0 frames, 0.0 s")
        _ = timeline.place(Self.frame(0, at: 0))
        #expect(timeline.extend(to: RunEnd(time: Self.time(0.001), framesRead: 1)) == 0)
        #expect(timeline.length.summary == "1 frame, 0.0 s")
    }

    @Test func nothingIsAllocated() {
        var timeline = RecordingTimeline(FrameRate(25), .captured)
        let frames = (0..<20).map { Self.frame($0, at: Double($0) / 11) }
        allocation_counter_start()
        for frame in frames { _ = timeline.place(frame) }
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 20 frames")
    }

    /// What the sink gets: each picture until the next one comes, the last one until the run ends.
    @Test func anOutputRepeatsWhatLasts() throws {
        let sequences = Collected<Int>()
        let output = SinkOutput(
            "file", to: NotingSink(sequences, \.sequence), RecordingTimeline(FrameRate(10), .captured)
        ) { _ in
        }
        for (sequence, at) in [(0, 0.0), (1, 0.3), (2, 0.4), (3, 0.41), (4, 0.42), (5, 0.7)] {
            let fates = output.ledger.counts.all
            output.submit(Picture(Self.frame(sequence, at: at)))
            try waitUntil("picture \(sequence) has its fate") { output.ledger.counts.all > fates }
        }
        let ended = DispatchSemaphore(value: 0)
        output.finish(at: RunEnd(time: Self.time(1), framesRead: 6)) { ended.signal() }
        #expect(ended.wait(timeout: .now() + 10) == .success)
        // The fourth comes a frame early, the fifth has no place and is shown until the sixth comes.
        #expect(sequences.all == [0, 0, 0, 1, 2, 3, 4, 5, 5, 5])
        #expect(output.recorded == RecordingLength(frames: 10, rate: FrameRate(10)))
        let fates = output.ledger.counts
        #expect(fates.written == 5 && fates.dropped(.newer) == 1, "\(fates.summary)")
    }

    /// A recording has one size; avatars that follow one another in their photographs have several.
    @Test func picturesOfAnotherSizeAreFittedIn() throws {
        let sizes = Collected<FrameSize>()
        let output = SinkOutput("file", to: NotingSink(sizes, \.size), size: FrameSize(width: 16, height: 8)) { _ in }
        for (index, size) in [(16, 8), (8, 8), (4, 30), (16, 8)].enumerated() {
            output.submit(Picture(PixelBuffer.noise(FrameSize(width: size.0, height: size.1)).asFrame(index)))
            try waitUntil("picture \(index) is written") { output.ledger.counts.written == index + 1 }
        }
        #expect(sizes.all == Array(repeating: FrameSize(width: 16, height: 8), count: 4))
    }

    @Test func aFittedPictureLiesInBlack() {
        var fit = SizeFit(FrameSize(width: 16, height: 8))
        let white = PixelBuffer(FrameSize(square: 20)) { _, _ in (255, 255, 255) }
        _ = fit(PixelBuffer.noise(FrameSize(width: 3, height: 9)).asFrame(0))
        let fitted = fit(white.asFrame(7))
        #expect(fitted.sequence == 7)
        for x in 0..<16 {
            let expected: UInt8 = (4..<12).contains(x) ? 255 : 0
            #expect(fitted.pixels.pixel(x, 3) == [expected, expected, expected], "column \(x)")
        }
        let own = white.asFrame(1)
        var same = SizeFit(white.size)
        #expect(same(own).pixels === own.pixels, "what has the size is not copied")
    }
}

/// Tells something of the frames that it gets.
private final class NotingSink<Note: Sendable>: FrameSink {
    let name = "notes"
    private let notes: Collected<Note>
    private let note: (Frame) -> Note

    init(_ notes: Collected<Note>, _ note: @escaping (Frame) -> Note) { (self.notes, self.note) = (notes, note) }

    func write(_ frame: Frame) { notes.append(note(frame)) }
    func finish() {}
    func cancel() {}
}

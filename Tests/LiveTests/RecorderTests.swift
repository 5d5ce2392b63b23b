import Dispatch
import Display
import Frames
import System
import TestSupport
import Testing

@testable import Live

/// Recordings that a user begins and ends while a run goes on.
@Suite("Recordings by hand", .timeLimit(.minutes(5)))
struct RecorderTests {
    private static let size = FrameSize(width: 32, height: 24)

    private func picture(_ sequence: Int, at seconds: Double, _ size: FrameSize = size) -> Picture {
        let captured = MonotonicTime.now.advanced(byNanoseconds: UInt64(seconds * 1e9))
        return Picture(PixelBuffer.noise(size).asFrame().stamped(sequence: sequence, captured: captured))
    }

    private func wait(_ recorder: Recorder, _ picture: Picture) throws {
        try waitUntil("it records") {
            recorder.see(picture)
            return recorder.seconds != nil && recorder.isWriting
        }
    }

    @Test func beginsWithTheNextPictureAndEndsWhenAsked() throws {
        let folder = try TemporaryFolder()
        let recorder = Recorder(FrameRate(25), searchPath: "")
        #expect(!recorder.isOn && recorder.seconds == nil && recorder.ending == "y4m")
        recorder.see(picture(0, at: 0))
        let results = Collected<String>()
        recorder.start(folder.path("one.y4m")) { result in
            switch result {
            case .success(let done): results.append("\(done.path) \(done.length.frames > 0)")
            case .failure(let error): results.append("\(error)")
            }
        }
        #expect(recorder.isOn && recorder.seconds == 0)
        try wait(recorder, picture(1, at: 0))
        // An avatar in a photograph of another size.
        for index in 2..<6 { recorder.see(picture(index, at: 0, FrameSize(square: 40))) }
        let ended = DispatchSemaphore(value: 0)
        recorder.stop { ended.signal() }
        #expect(ended.wait(timeout: .now() + 10) == .success)
        #expect(!recorder.isOn && recorder.seconds == nil)
        #expect(results.all == ["\(folder.path("one.y4m")) true"])
        let header = String(decoding: try readFile(folder.path("one.y4m")).prefix(30), as: UTF8.self)
        #expect(header.hasPrefix("YUV4MPEG2 W32 H24 F25:1"), "\(header)")
        #expect(try fileNames(in: folder.url.path) == ["one.y4m"])
    }

    @Test func whatCannotBeWrittenIsTold() throws {
        let folder = try TemporaryFolder()
        let recorder = Recorder(FrameRate(25), searchPath: "")
        let failures = Collected<String>()
        recorder.start(folder.path("absent/one.y4m")) {
            if case .failure(let error) = $0 { failures.append("\(error)") }
        }
        recorder.see(picture(0, at: 0))
        try waitUntil("it is told") { !failures.all.isEmpty }
        #expect(failures.all[0].contains("absent"), "\(failures.all)")
        #expect(!recorder.isOn, "and another may begin")
    }

    /// The run ends while an earlier recording is being finished: it is waited for.
    @Test(.enabled(if: hasFFmpeg)) func nobodyLeavesBeforeAllAreFinished() throws {
        let folder = try TemporaryFolder()
        let recorder = Recorder(FrameRate(25), searchPath: testSearchPath)
        #expect(recorder.ending == "mp4")
        recorder.start(folder.path("one.mp4")) { _ in }
        try wait(recorder, picture(1, at: 0))
        for index in 2..<30 { recorder.see(picture(index, at: Double(index) / 25)) }
        recorder.stop()
        let ended = DispatchSemaphore(value: 0)
        recorder.stop { ended.signal() }
        #expect(ended.wait(timeout: .now() + 30) == .success)
        #expect(fileExists(folder.path("one.mp4")) && !recorder.isBusy)
    }

    @Test func stoppingWithoutPicturesLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let recorder = Recorder(FrameRate(25), searchPath: "")
        let failures = Collected<String>()
        recorder.start(folder.path("one.y4m")) { if case .failure(let error) = $0 { failures.append("\(error)") } }
        let ended = DispatchSemaphore(value: 0)
        recorder.stop { ended.signal() }
        #expect(ended.wait(timeout: .now() + 10) == .success)
        #expect(failures.all == ["\(folder.path("one.y4m")): no picture came while it was recorded"])
        recorder.stop { ended.signal() }
        #expect(ended.wait(timeout: .now() + 10) == .success, "also where nothing was recorded")
        // Opened by a picture, which is not among those that are written.
        recorder.start(folder.path("two.y4m")) { if case .failure(let error) = $0 { failures.append("\(error)") } }
        recorder.see(picture(0, at: 0))
        try waitUntil("it is open") { recorder.isWriting }
        recorder.stop { ended.signal() }
        #expect(ended.wait(timeout: .now() + 10) == .success && failures.all.count == 2 && !recorder.isBusy)
        #expect(try fileNames(in: folder.url.path).isEmpty)
    }
}

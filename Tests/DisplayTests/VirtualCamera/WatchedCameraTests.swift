import Frames
import Synchronization
import System
import TestSupport
import Testing

@testable import Display

/// A camera whose device says who looks, and may come later: what PipeWire's does.
@Suite("Cameras that are looked at or not")
struct WatchedCameraTests {
    /// What a played device does, and what was done to it.
    private struct State {
        var isRunning = true
        var isWatched = false
        var keepsPictures = false
        var written: [UInt8] = []
        var lines: [String] = []
        var looks: [Bool] = []
        var now: UInt64 = 1_000_000_000
    }

    private final class Device: VirtualCameraDevice {
        let layout = VirtualCameraLayout(.yuyv, FrameSize(width: 64, height: 48))
        let lookPeriod: UInt64 = 1_000_000_000
        private let test: WatchedCameraTests

        var keepsPictures: Bool { test.box.state.withLock { $0.keepsPictures } }

        init(_ test: WatchedCameraTests) { self.test = test }

        func isWatched() throws(DisplayError) -> Bool {
            let (isRunning, isWatched) = test.box.state.withLock { ($0.isRunning, $0.isWatched) }
            guard isRunning else { throw DisplayError(.cannotWrite, "played", "gone") }
            return isWatched
        }

        func write(_ picture: UnsafeRawBufferPointer, sequence: Int) throws(DisplayError) -> VirtualCameraWriting {
            test.box.state.withLock { state in
                #expect(sequence == state.written.count)
                state.written.append(picture[64 * 48 + 64])
            }
            return .written
        }
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private let box = Shared()
    private let ledger = OutputLedger(taking: .written)
    private let shared: VirtualCameraShared

    init() { shared = VirtualCameraShared(ledger, isMirrored: false) }

    private func makeWriter() throws -> VirtualCameraWriter {
        var settings = VirtualCamera.Settings()
        settings.fill = .black
        settings.reopens = true
        let layout = VirtualCameraLayout(.yuyv, FrameSize(width: 64, height: 48))
        let port = VirtualCameraPort(name: "played", layoutWhileAbsent: layout) { [self] _ throws(DisplayError) in
            guard box.state.withLock({ $0.isRunning }) else { throw DisplayError(.absent, "played", "not there") }
            return Device(self)
        }
        return try VirtualCameraWriter(
            port, settings, fontBytes: testFont, shared,
            now: { [box] in MonotonicTime(nanoseconds: box.state.withLock { $0.now }) }, wake: {},
            VirtualCameraObserver(
                onLoss: { [box] error in box.state.withLock { $0.lines.append("\(error)") } },
                onReturn: { [box] in box.state.withLock { $0.lines.append("back") } },
                onWatched: { [box] isWatched in box.state.withLock { $0.looks.append(isWatched) } }))
    }

    private func give(_ level: UInt8) {
        _ = shared.give(.picture(Picture(grey(level).stamped(sequence: Int(level), captured: .now))))
    }

    private func with(_ change: (inout State) -> Void) { box.state.withLock { change(&$0) } }

    private var written: [UInt8] { box.state.withLock { $0.written } }
    private var lines: [String] { box.state.withLock { $0.lines } }

    private func advance(milliseconds: UInt64) { with { $0.now += milliseconds * 1_000_000 } }

    @Test func whatNobodySeesIsNotDrawn() throws {
        let writer = try makeWriter()
        give(10)
        let next = writer.service()
        #expect(next == MonotonicTime(nanoseconds: 2_000_000_000), "nothing is due until somebody looks")
        #expect(written == [] && ledger.counts.all == 1 && shared.hasRoom)

        with { $0.isWatched = true }
        _ = writer.service()
        #expect(written == [luma(10)], "the newest picture at once")
        advance(milliseconds: 30)
        _ = writer.service()
        #expect(written.count == 1)
        advance(milliseconds: 40)
        _ = writer.service()
        #expect(written == [luma(10), luma(10)], "and then repeats, as to any camera")
        #expect(shared.counts == .init(written: 2, repeated: 2))
    }

    @Test func whatIsKeptForTheNextIsWritten() throws {
        with { $0.keepsPictures = true }
        let writer = try makeWriter()
        _ = writer.service()
        #expect(written.count == 1, "the card: whoever looks sees it, or a module shows no camera at all")
        for level in [UInt8(10), 20] {
            give(level)
            advance(milliseconds: 40)
            _ = writer.service()
        }
        #expect(written.suffix(2) == [luma(10), luma(20)])
        for _ in 0..<49 {
            advance(milliseconds: 40)
            _ = writer.service()
        }
        #expect(written.count == 4, "repeated once a second")

        with { $0.isWatched = true }
        _ = writer.service()
        advance(milliseconds: 70)
        _ = writer.service()
        #expect(written.count == 6, "at once, and then as to any camera")
        with { $0.isWatched = false }
        advance(milliseconds: 70)
        let next = writer.service()
        #expect(
            written.count == 7 && next! <= MonotonicTime(nanoseconds: box.state.withLock { $0.now } + 1_000_000_000))
    }

    @Test func aDeviceMayComeLaterAndGo() throws {
        with { $0.isRunning = false }
        let writer = try makeWriter()
        #expect(writer.layout.size == FrameSize(width: 64, height: 48))
        #expect(lines == ["played: not there"])
        for _ in 0..<3 {
            _ = writer.service()
            advance(milliseconds: 500)
        }
        give(20)
        #expect(lines.count == 1, "told once")

        with { ($0.isRunning, $0.isWatched) = (true, true) }
        advance(milliseconds: 1000)
        _ = writer.service()
        #expect(lines == ["played: not there", "back"])
        #expect(written == [luma(20)])

        with { ($0.isRunning, $0.isWatched) = (false, false) }
        _ = writer.service()
        #expect(lines.last == "played: gone", "also when nobody looks")
        #expect(box.state.withLock { $0.looks } == [true, false], "whoever looked does so no more")
    }

    @Test(arguments: [
        ("pipewire", "puppet"), ("pipewire:me", "me"), ("pipewire:", "puppet"), ("./pipewire", nil), ("pipewires", nil),
    ])
    func names(_ output: String, _ name: String?) {
        #expect(PipeWireDevice.name(of: output) == name)
        #expect(OutputWord.isOne(output) == (name != nil), "a folder of that name is left alone")
        if let name { #expect(PipeWireDevice.name(of: PipeWireDevice.output(name)) == name) }
    }
}

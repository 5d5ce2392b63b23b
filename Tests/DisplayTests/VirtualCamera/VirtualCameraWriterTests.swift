import CAssets
import Frames
import Glibc
import Synchronization
import System
import TestSupport
import Testing

@testable import Display

/// The pacing, on a clock that stands still unless a test moves it.
@Suite("The pacing of virtual cameras")
struct VirtualCameraWriterTests {
    private let kernel = PlayedKernel()
    private let ledger: OutputLedger
    private let shared: VirtualCameraShared
    private let failures = Failures()
    private let size = FrameSize(width: 64, height: 48)
    private static let millisecond: UInt64 = 1_000_000

    init() {
        ledger = OutputLedger(taking: .written)
        shared = VirtualCameraShared(ledger, isMirrored: false)
    }

    private func makeWriter(repeatRate: Int = 15, reopens: Bool = false) throws -> VirtualCameraWriter {
        var settings = VirtualCamera.Settings()
        settings.size = size
        settings.repeatRate = repeatRate
        settings.reopens = reopens
        settings.fill = .black
        let port = VirtualCameraPort.loopback("/dev/video9", size: size, rate: FrameRate(30), kernel.system)
        return try VirtualCameraWriter(
            port, settings, fontBytes: testFont, shared, now: kernel.system.now, wake: {},
            VirtualCameraObserver(onLoss: failures.report))
    }

    private func give(_ level: UInt8) {
        _ = shared.give(.picture(Picture(grey(level).stamped(sequence: Int(level), captured: .now))))
    }

    private var shown: [UInt8] { kernel.pictures.map { $0.middle(size) } }

    /// Moves the clock to each instant the writer asks for, late by what `lateness` says, for so many milliseconds.
    private func run(_ writer: VirtualCameraWriter, milliseconds: Int, lateness: () -> UInt64 = { 0 }) {
        let end = kernel.with { $0.now } + UInt64(milliseconds) * Self.millisecond
        while let next = writer.service(), next.nanoseconds < end {
            let late = lateness()
            kernel.with { $0.now = max($0.now, next.nanoseconds + late) }
        }
        kernel.with { $0.now = end }
    }

    @Test func writesACardBeforeAnyPictureIsGiven() throws {
        let writer = try makeWriter()
        #expect(kernel.pictures.isEmpty)
        let next = writer.service()
        #expect(shown == [luma(34)], "the ground of the card")
        #expect(next == MonotonicTime(nanoseconds: 1_000_000_000 + 1_000_000_000 / 15))
        #expect(shared.counts == .init(written: 1, repeated: 0))
    }

    @Test func saysOfEveryPictureWhatBecameOfIt() throws {
        let told = Mutex<[String]>([])
        ledger.follow { entry in told.withLock { $0.append("\(entry.sequence) \(entry.fate.name)") } }
        let writer = try makeWriter()
        _ = writer.service()
        give(10)
        give(20)
        _ = writer.service()
        run(writer, milliseconds: 500)
        _ = shared.give(.card(.noFace))
        give(30)
        _ = shared.give(.card(.noCamera))
        _ = writer.service()
        #expect(
            told.withLock { $0 } == ["10 dropped newer", "20 written", "30 dropped newer"],
            "once each; repeats and cards are no pictures")
        #expect(shared.hasRoom, "nothing waits")
        give(40)
        #expect(!shared.hasRoom)
        kernel.with { $0.writes = Array(repeating: .error(EAGAIN), count: 20) }
        writer.close()
        #expect(told.withLock { $0.last } == "40 dropped lost", "what the device does not take at the end")
    }

    @Test(arguments: [15, 25, 60]) func repeatsAtASteadyRate(_ rate: Int) throws {
        let writer = try makeWriter(repeatRate: rate)
        var random = SeededRandom(seed: 3)
        let tick = 4 * Self.millisecond
        run(writer, milliseconds: 10_000) { random.next() % tick }
        let times = kernel.pictures.map(\.nanoseconds)
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        let longest = try #require(gaps.max())
        #expect(longest <= 1_000_000_000 / UInt64(rate) + tick, "\(longest) ns between two pictures")
        // Being late each time must not add up.
        #expect(abs(times.count - 10 * rate) <= 1, "\(times.count) pictures in 10 s")
        #expect(shared.counts == .init(written: times.count, repeated: times.count - 1))
    }

    @Test func aNewPictureIsWrittenAtOnce() throws {
        let writer = try makeWriter()
        _ = writer.service()
        kernel.advance(milliseconds: 3)
        give(100)
        _ = writer.service()
        #expect(shown.last == luma(100))
        let times = kernel.pictures.map(\.nanoseconds)
        #expect(times[1] - times[0] == 3 * Self.millisecond)
        #expect(shared.counts == .init(written: 2, repeated: 0))
    }

    @Test func nothingIsRepeatedWhilePicturesCome() throws {
        let writer = try makeWriter()
        for level in 0..<60 {
            give(UInt8(100 + level))
            run(writer, milliseconds: 33)
        }
        #expect(shown == (0..<60).map { luma(UInt8(100 + $0)) })
        #expect(shared.counts == .init(written: 60, repeated: 0))
    }

    @Test func theNewestWinsAndTheOthersAreCounted() throws {
        let writer = try makeWriter()
        _ = writer.service()
        give(50)
        give(60)
        give(70)
        _ = writer.service()
        #expect(shown.dropFirst() == [luma(70)])
        #expect(shared.counts == .init(written: 2, repeated: 0) && ledger.counts.dropped(.newer) == 2)
    }

    /// A stall of the whole machine is followed by one repeat, not by all that were missed.
    @Test func missedRepeatsAreNotMadeUpFor() throws {
        let writer = try makeWriter()
        _ = writer.service()
        kernel.advance(milliseconds: 5000)
        run(writer, milliseconds: 200)
        #expect(kernel.pictures.count == 1 + 4, "\(kernel.pictures.map(\.nanoseconds))")
    }

    @Test func aCardReplacesWhatWasGivenBefore() throws {
        let writer = try makeWriter()
        give(100)
        _ = writer.service()
        give(110)
        _ = shared.inbox.post(.card(.noCamera))
        run(writer, milliseconds: 500)
        #expect(shown.first == luma(100))
        #expect(!shown.contains(luma(110)), "given before the card, shown after it")
        #expect(Set(shown.dropFirst()).count == 1)
        give(120)
        _ = writer.service()
        #expect(shown.last == luma(120))
    }

    @Test func mirroringAppliesToTheNextRepeat() throws {
        let writer = try makeWriter()
        let half = PixelBuffer(FrameSize(square: 48)) { x, _ in x < 24 ? (200, 200, 200) : (20, 20, 20) }
        _ = shared.inbox.post(.picture(Picture(half.asFrame())))
        _ = writer.service()
        shared.isMirrored = true
        run(writer, milliseconds: 100)
        let rows = kernel.pictures.map { picture in [picture.bytes[2 * 20], picture.bytes[2 * 44]] }
        #expect(rows == [[luma(200), luma(20)], [luma(20), luma(200)]])
    }

    @Test func aFullDeviceIsAskedAgainSoon() throws {
        let writer = try makeWriter()
        _ = writer.service()
        give(100)
        kernel.with { $0.writes = [.error(EAGAIN), .error(EAGAIN)] }
        run(writer, milliseconds: 20)
        #expect(shown.dropFirst() == [luma(100)])
        let times = kernel.pictures.map(\.nanoseconds)
        #expect(times[1] - times[0] == 10 * Self.millisecond)
        #expect(shared.counts == .init(written: 2, repeated: 0))
    }

    @Test func aPictureTheDeviceHadNoRoomForIsCounted() throws {
        let writer = try makeWriter()
        _ = writer.service()
        kernel.with { $0.writes = [.error(EAGAIN)] }
        give(100)
        _ = writer.service()
        give(110)
        _ = writer.service()
        #expect(shown.dropFirst() == [luma(110)])
        #expect(shared.counts == .init(written: 2, repeated: 0) && ledger.counts.dropped(.newer) == 1)
    }

    @Test(arguments: [ENODEV, EIO, EINVAL]) func aLostDeviceIsReportedOnce(_ reason: CInt) throws {
        let writer = try makeWriter()
        _ = writer.service()
        kernel.with { $0.writes = [.error(reason)] }
        give(100)
        #expect(writer.service() == nil)
        #expect(kernel.with { !$0.isOpen }, "an open device keeps the module from being unloaded")
        for level in 0..<5 {
            give(UInt8(level))
            kernel.advance(milliseconds: 1000)
            #expect(writer.service() == nil)
        }
        #expect(failures.lines.count == 1 && failures.lines[0].hasPrefix("/dev/video9: the loopback camera "))
        #expect(kernel.with { $0.opened } == 1)
    }

    @Test func aLostDeviceIsLookedForEverySecond() throws {
        let writer = try makeWriter(reopens: true)
        give(100)
        run(writer, milliseconds: 200)
        kernel.with {
            $0.writes = [.error(ENODEV)]
            $0.openErrors = [ENOENT, ENOENT]
        }
        let before = kernel.pictures.count
        let start = kernel.with { $0.now }
        run(writer, milliseconds: 2900)
        #expect(kernel.pictures.count == before && kernel.with { $0.openErrors.isEmpty }, "two attempts in 2.9 s")
        give(110)
        give(120)
        kernel.with { $0.answer = keeping(96, 64) }
        run(writer, milliseconds: 500)
        let pictures = kernel.pictures.dropFirst(before)
        #expect((pictures.first?.nanoseconds ?? 0) - start < 3200 * Self.millisecond)
        #expect(pictures.allSatisfy { $0.bytes.count == 2 * 96 * 64 }, "the driver wants another size now")
        #expect(pictures.allSatisfy { $0.middle(FrameSize(width: 96, height: 64)) == luma(120) })
        #expect(shared.counts.reopened == 1 && ledger.counts.dropped(.lost) == 1)
        #expect(failures.lines.count == 1, "\(failures.lines)")

        kernel.with { $0.writes = [.error(EIO)] }
        run(writer, milliseconds: 2000)
        #expect(failures.lines.count == 2 && shared.counts.reopened == 2, "lost again, reported again")
    }

    @Test func aPictureTheLostDeviceRefusedIsShownWhenItReturns() throws {
        let writer = try makeWriter(reopens: true)
        _ = writer.service()
        kernel.with { $0.writes = [.error(EIO)] }
        give(100)
        run(writer, milliseconds: 1100)
        #expect(shown.dropFirst().first == luma(100))
    }

    @Test func theLastPictureIsWrittenWhereTheDeviceIsBusyForAMoment() throws {
        let writer = try makeWriter()
        _ = writer.service()
        kernel.with { $0.writes = [.error(EAGAIN), .error(EAGAIN)] }
        give(100)
        writer.close()
        #expect(shown.last == luma(100) && ledger.counts.written == 1 && ledger.counts.dropped == 0)
    }

    @Test func nothingIsWrittenAfterTheEnd() throws {
        let writer = try makeWriter(reopens: true)
        _ = writer.service()
        writer.close()
        give(100)
        kernel.advance(milliseconds: 5000)
        #expect(writer.service() == nil && kernel.pictures.count == 1)
        #expect(kernel.with { $0.opened == 1 && $0.closed == 1 })
    }
}

/// What a camera reported.
final class Failures: Sendable {
    private let reported = Mutex<[String]>([])
    var lines: [String] { reported.withLock { $0 } }
    @Sendable func report(_ error: DisplayError) { reported.withLock { $0.append("\(error)") } }
}

var testFont: UnsafeRawBufferPointer {
    let asset = puppet_asset_font()
    return UnsafeRawBufferPointer(start: asset.bytes, count: asset.count)
}

import Dispatch
import Frames
import Glibc
import Synchronization
import System
import TestSupport
import Testing

@testable import Display

/// A camera on its own queue and the real clock, over a played kernel. Bounds leave room for a machine that is busy.
@Suite("Loopback camera", .timeLimit(.minutes(5)), .serialized)
struct VirtualCameraTests {
    private let kernel = PlayedKernel(usesLiveClock: true)
    private let failures = Failures()
    private let size = FrameSize(width: 64, height: 48)

    private func open(
        _ system: LoopbackSystem? = nil, reopens: Bool = false, fontBytes: UnsafeRawBufferPointer = testFont
    ) throws -> VirtualCamera {
        var settings = VirtualCamera.Settings()
        settings.size = size
        settings.fill = .black
        settings.reopens = reopens
        return try VirtualCamera(
            path: "/dev/video9", settings: settings, fontBytes: fontBytes, system: system ?? kernel.system,
            VirtualCameraObserver(onLoss: failures.report))
    }

    private func waitUntil(seconds: Double = 10, _ condition: () -> Bool) -> Bool {
        let end = MonotonicTime.now.advanced(byNanoseconds: UInt64(seconds * 1e9))
        while !condition() {
            if MonotonicTime.now > end { return false }
            usleep(1000)
        }
        return true
    }

    private func milliseconds(_ work: () -> Void) -> Double {
        let start = MonotonicTime.now
        work()
        return MonotonicTime.now.milliseconds(since: start)
    }

    @Test func writesByItselfFromTheStart() throws {
        let camera = try open()
        defer { camera.stop() }
        #expect(camera.name == "/dev/video9" && camera.size == size)
        #expect(waitUntil { kernel.pictures.count >= 8 })
        #expect(Set(kernel.pictures.map { $0.middle(size) }) == [luma(34)], "nothing but the card was given")
    }

    @Test func showsPicturesAndCardsAsTheyAreGiven() throws {
        let camera = try open()
        defer { camera.stop() }
        camera.write(grey(100))
        #expect(waitUntil { kernel.pictures.last?.middle(size) == luma(100) })
        camera.isMirrored = true
        #expect(camera.isMirrored)
        camera.write(grey(200))
        #expect(waitUntil { kernel.pictures.last?.middle(size) == luma(200) })
        for card in StandbyCard.allCases {
            camera.show(card)
            #expect(waitUntil { kernel.pictures.last?.middle(size) == luma(34) }, "\(card)")
            camera.write(grey(150))
            #expect(waitUntil { kernel.pictures.last?.middle(size) == luma(150) }, "a picture after \(card)")
        }
        #expect(waitUntil { camera.counts.repeated > 0 })
        #expect(camera.ledger.counts.dropped == 0)
    }

    @Test func aStopEndsItAtOnce() throws {
        let camera = try open()
        #expect(waitUntil { !kernel.pictures.isEmpty })
        let time = milliseconds { camera.stop() }
        #expect(time < 100, "\(time) ms")
        #expect(kernel.with { $0.opened == 1 && $0.closed == 1 })
        let count = kernel.pictures.count
        camera.write(grey(100))
        camera.show(.noCamera)
        camera.stop()
        usleep(200_000)
        #expect(kernel.pictures.count == count, "written after the stop")
    }

    @Test func aStopDoesNotWaitForADriverThatHangs() throws {
        let gate = DispatchSemaphore(value: 0)
        let isHanging = Atomic(false)
        var system = kernel.system
        system.write = { _, _, count in
            isHanging.store(true, ordering: .relaxed)
            _ = gate.wait(timeout: .now() + 30)
            return count
        }
        let camera = try open(system)
        #expect(waitUntil { isHanging.load(ordering: .relaxed) })
        let time = milliseconds { camera.stop() }
        // 90 ms, and what a busy machine adds to any wait.
        #expect(time < 150, "\(time) ms")
        gate.signal()
        #expect(waitUntil { kernel.with { $0.closed } == 1 }, "closed once the driver lets go")
    }

    @Test func lettingGoOfItStopsIt() throws {
        do {
            _ = try open()
        }
        #expect(waitUntil { kernel.with { $0.closed } == 1 })
    }

    @Test func aFailureIsReportedOnTheCamerasQueueAndMayStopIt() throws {
        let holder = Mutex<VirtualCamera?>(nil)
        let stopped = DispatchSemaphore(value: 0)
        var settings = VirtualCamera.Settings()
        settings.size = size
        let camera = try VirtualCamera(
            path: "/dev/video9", settings: settings, fontBytes: testFont, system: kernel.system,
            VirtualCameraObserver { [failures] error in
                failures.report(error)
                holder.withLock { $0?.stop() }
                stopped.signal()
            })
        holder.withLock { $0 = camera }
        kernel.with { $0.writes = [.error(ENODEV)] }
        #expect(stopped.wait(timeout: .now() + 10) == .success)
        usleep(100_000)
        #expect(failures.lines.count == 1 && failures.lines[0].contains("has gone: No such device"))
        holder.withLock { $0 = nil }
    }

    @Test func aLostDeviceComesBack() throws {
        let camera = try open(reopens: true)
        defer { camera.stop() }
        camera.write(grey(100))
        #expect(waitUntil { kernel.pictures.last?.middle(size) == luma(100) })
        kernel.with { $0.writes = [.error(EIO)] }
        #expect(waitUntil { camera.counts.reopened == 1 })
        #expect(failures.lines.count == 1)
        camera.write(grey(150))
        #expect(waitUntil { kernel.pictures.last?.middle(size) == luma(150) })
    }

    @Test func aDeviceThatCannotBeOpenedIsAnErrorAtOnce() {
        kernel.with { $0.openErrors = [EACCES] }
        #expect(failureLine { _ = try open() }?.contains("join the video group") == true)
        #expect(kernel.with { $0.opened } == 0)
    }

    @Test func aBrokenFontIsAnErrorAndClosesTheDevice() {
        let noFont = UnsafeRawBufferPointer(rebasing: testFont.dropFirst(1000).prefix(100))
        let line = failureLine { _ = try open(fontBytes: noFont) }
        #expect(line?.hasPrefix("standby card: its font could not be read (") == true, "\(line ?? "no error")")
        #expect(kernel.with { $0.opened == 1 && $0.closed == 1 })
    }
}

@Suite("Loopback standby cards", .timeLimit(.minutes(5)))
struct StandbyCardTests {
    @Test(arguments: [96, 240, 480]) func everyCardHasTextOfItsOwn(_ side: Int) throws {
        let cards = try StandbyCard.drawAll(side: side, fontBytes: testFont)
        #expect(Set(cards.values.map(\.bytes)).count == StandbyCard.allCases.count)
        for (card, picture) in cards {
            #expect(picture.size == FrameSize(square: side))
            #expect(picture.pixel(0, 0) == [32, 34, 38] && picture.pixel(side - 1, side - 1) == [32, 34, 38])
            let bytes = picture.bytes
            let lit = (0..<side * side).filter { bytes[3 * $0] > 150 }
            #expect(!lit.isEmpty, "\(card) at \(side)")
            let columns = lit.map { $0 % side }
            let (left, right) = (columns.min() ?? 0, side - 1 - (columns.max() ?? 0))
            #expect(left > 0 && abs(left - right) <= max(2, side / 40), "\(card): \(left) left, \(right) right")
        }
    }
}

extension VirtualCamera {
    /// Shows the avatar's picture.
    func write(_ frame: Frame) { submit(Picture(frame)) }
}

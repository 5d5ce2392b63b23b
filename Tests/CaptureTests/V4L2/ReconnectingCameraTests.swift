import Frames
import Synchronization
import TestSupport
import Testing

@testable import Capture
@testable import System

@Suite("A camera that comes back", .timeLimit(.minutes(5)))
struct ReconnectingCameraTests {
    private static let size = FrameSize(width: 16, height: 12)
    private static let request = CameraWishes()

    /// Gives a few pictures, then is gone.
    private final class PlayedCamera: FrameSource {
        let name: String
        let size: FrameSize
        let frameRate = FrameRate(30)
        let frameCount: Int? = nil
        var wanted: WantedSquare?
        private var left: Int
        private let closed: () -> Void

        init(_ path: String, _ size: FrameSize, pictures: Int, closed: @escaping () -> Void) {
            (name, self.size, left, self.closed) = (path, size, pictures, closed)
        }

        deinit { closed() }

        func next() throws -> Frame? {
            guard left > 0 else { throw CaptureError(.unplugged, name, "the camera is gone") }
            left -= 1
            return Frame(pixels: .noise(size), sequence: 100 + left, captured: MonotonicTime(nanoseconds: 5))
        }
    }

    /// A computer to which the camera comes back at other paths.
    private final class Computer {
        /// Where it is after each look, and what happens there.
        enum Look {
            case nothing
            case taken(String)
            case found(String, FrameSize)
        }

        var looks: [Look] = []

        func place(_ look: Look) { now = look }

        private(set) var opened: [String] = []
        private(set) var pauses = 0
        var onPause: () -> Void = {}
        private(set) var asked: Set<String> = []
        private(set) var openAtLook: [Bool] = []
        private(set) weak var camera: PlayedCamera?
        private var now = Look.found("/dev/video0", ReconnectingCameraTests.size)
        private var isOpen = false

        var devices: ReconnectingCamera.Devices {
            ReconnectingCamera.Devices(
                open: { [self] (request, path, _) throws(CaptureError) in
                    opened.append(path)
                    guard request == ReconnectingCameraTests.request, case .found(path, let size) = now else {
                        throw CaptureError(.busy, path, "another program is using the camera")
                    }
                    isOpen = true
                    let played = PlayedCamera(path, size, pictures: 2) { [self] in isOpen = false }
                    camera = played
                    return played
                },
                id: { "id of \($0)" },
                path: { [self] id in
                    asked.insert(id)
                    openAtLook.append(isOpen)
                    now = looks.removeFirst()
                    switch now {
                    case .nothing: return nil
                    case .taken(let path), .found(let path, _): return path
                    }
                },
                pause: { [self] _ in
                    pauses += 1
                    onPause()
                })
        }
    }

    private final class Reports: Sendable {
        let lines = Mutex<[String]>([])
    }

    @Test func waitsForTheSameCameraAtAnotherPath() throws {
        let computer = Computer()
        let reports = Reports()
        let camera = try ReconnectingCamera("/dev/video0", Self.request, computer.devices) { news in
            reports.lines.withLock { $0.append(news.text) }
        }
        computer.looks = [.nothing, .taken("/dev/video1"), .nothing, .found("/dev/video2", Self.size)]
        let frames = try (0..<4).map { _ in try #require(try camera.next()) }
        #expect(frames.map(\.sequence) == [0, 1, 2, 3], "numbers go on")
        #expect(computer.asked == ["id of /dev/video0"], "by its id, wherever it is")
        #expect(computer.opened == ["/dev/video0", "/dev/video1", "/dev/video2"])
        #expect(computer.pauses == 3, "one after each look in vain")
        #expect(computer.openAtLook == [false, false, false, false], "an open device keeps its number in use")
        #expect(camera.name == "/dev/video0" && camera.size == Self.size && camera.isLive)
        #expect(
            reports.lines.withLock { $0 } == [
                "/dev/video0: the camera is gone; waiting for it to come back", "/dev/video0: the camera is back",
            ])
    }

    @Test func anotherCameraIsChosen() throws {
        let computer = Computer()
        let (reports, choice) = (Reports(), CameraSwitch())
        let camera = try ReconnectingCamera("/dev/video0", Self.request, computer.devices, choice: choice) { news in
            reports.lines.withLock { $0.append("\(news.isThere) \(news.driver ?? "-") \(news.text)") }
        }
        camera.wanted = WantedSquare(FrameSquare(x: 1, y: 2, side: 8, in: Self.size), leastSide: 4)
        _ = try #require(try camera.next())
        // The first choice is overtaken by the second, before a picture is read.
        choice.choose("/dev/video8")
        choice.choose("/dev/video4")
        computer.place(.found("/dev/video4", FrameSize(square: 20)))
        let other = try #require(try camera.next())
        #expect(other.sequence == 1 && other.size == FrameSize(square: 20))
        #expect(camera.name == "/dev/video4" && camera.size == FrameSize(square: 20) && camera.wanted == nil)
        // One that cannot be had: back to the one before, which is looked for by its own id.
        choice.choose("/dev/video5")
        computer.place(.taken("/dev/video5"))
        computer.looks = [.found("/dev/video4", FrameSize(square: 20))]
        _ = try #require(try camera.next())
        #expect(computer.opened == ["/dev/video0", "/dev/video4", "/dev/video5", "/dev/video4"])
        #expect(computer.asked == ["id of /dev/video4"])
        #expect(
            reports.lines.withLock { $0 } == [
                "true /dev/video4 /dev/video4: this camera drives now",
                "false - /dev/video5: another program is using the camera; going back to /dev/video4",
                "true - /dev/video4: the camera is back",
            ])
    }

    @Test func isClosedWhileItRests() throws {
        let computer = Computer()
        let reports = Reports()
        let camera = try ReconnectingCamera("/dev/video0", Self.request, computer.devices) { news in
            reports.lines.withLock { $0.append("\(news.isThere) \(news.text)") }
        }
        camera.rest()
        #expect(computer.camera == nil, "its lamp is out")
        camera.rest()
        computer.looks = [.found("/dev/video0", Self.size)]
        for sequence in 0..<2 { #expect(try camera.next()?.sequence == sequence) }
        #expect(reports.lines.withLock { $0 } == [], "nobody needs to know")

        camera.rest()
        computer.looks = [.nothing, .nothing, .found("/dev/video1", Self.size)]
        #expect(try camera.next()?.sequence == 2)
        #expect(
            reports.lines.withLock { $0 } == [
                "false /dev/video0: the camera has gone, or is taken; waiting for it to come back",
                "true /dev/video0: the camera is back",
            ])
    }

    @Test func asksForTheSameSquareAgain() throws {
        let computer = Computer()
        let camera = try ReconnectingCamera("/dev/video0", Self.request, computer.devices) { _ in }
        let wanted = WantedSquare(FrameSquare(x: 1, y: 2, side: 8, in: Self.size), leastSide: 4)
        camera.wanted = wanted
        #expect(computer.camera?.wanted == wanted)
        computer.looks = [.found("/dev/video2", Self.size), .found("/dev/video3", FrameSize(square: 20))]
        for _ in 0..<3 { _ = try camera.next() }
        #expect(camera.wanted == wanted && computer.camera?.wanted == wanted, "the camera that is back knows nothing")
        for _ in 0..<2 { _ = try camera.next() }
        #expect(camera.size == FrameSize(square: 20) && camera.wanted == nil, "a square of another picture")
        #expect(computer.camera?.wanted == nil)
    }

    @Test func stoppingDoesNotWaitForACameraThatHasGone() throws {
        let computer = Computer()
        let camera = try ReconnectingCamera("/dev/video0", Self.request, computer.devices) { _ in }
        let interrupt = camera.interrupt
        for _ in 0..<2 { _ = try camera.next() }
        computer.looks = [.nothing, .nothing, .nothing]
        computer.onPause = { if computer.pauses == 3 { interrupt() } }
        #expect(try camera.next() == nil, "interrupted while it looked for the camera")
        #expect(try camera.next() == nil && computer.pauses == 3, "and so it stays")
    }

    @Test func firstItMustBeThere() {
        let computer = Computer()
        let error = #expect(throws: CaptureError.self) {
            _ = try ReconnectingCamera("/dev/video7", CameraWishes(), computer.devices) { _ in }
        }
        #expect(error?.code == .busy && computer.pauses == 0)
    }
}

import Foundation
import Frames
import System
import TestSupport
import Testing

@testable import Display

private let loopbackDevice = ProcessInfo.processInfo.environment["PUPPET_LOOPBACK_DEVICE"]

private let hasLoopbackDevice: Bool = {
    let hasControl = ChildProcess.find("v4l2-ctl", searchPath: testSearchPath) != nil
    if loopbackDevice == nil {
        print("skipping the tests of a real loopback device: PUPPET_LOOPBACK_DEVICE does not name one")
    } else if !hasControl {
        print("skipping the tests of a real loopback device: v4l2-ctl is not on PATH")
    }
    return loopbackDevice != nil && hasControl
}()

/// The module itself, read back by other programs. Wants a v4l2loopback device that nobody uses, made with
/// `exclusive_caps=1`; its path is in PUPPET_LOOPBACK_DEVICE.
@Suite("Real loopback device", .timeLimit(.minutes(5)), .serialized, .enabled(if: hasLoopbackDevice))
struct RealLoopbackTests {
    private let device = loopbackDevice ?? ""
    private let failures = Failures()
    private let size = FrameSize(width: 640, height: 480)

    private func open(_ size: FrameSize? = nil, fill: VirtualCameraFill = .blur) throws -> VirtualCamera {
        var settings = VirtualCamera.Settings()
        settings.size = size ?? self.size
        settings.fill = fill
        return try VirtualCamera(
            path: device, settings: settings, fontBytes: testFont, VirtualCameraObserver(onLoss: failures.report))
    }

    /// What a program prints.
    private func run(_ program: String, _ arguments: [String]) throws -> [UInt8] {
        let path = try #require(ChildProcess.find(program, searchPath: testSearchPath))
        let child = try ChildProcess(path, arguments: arguments, pipe: .standardOutput, searchPath: testSearchPath)
        let watchdog = child.end(after: 60)
        defer { watchdog.cancel() }
        var output: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try readAll(into: chunk, from: child.descriptor)
            output += chunk.prefix(count)
            if count < chunk.count { break }
        }
        let ending = child.wait()
        try #require(ending == .exited(0), "\(program): \(child.lastComplaint ?? "\(ending)")")
        return output
    }

    private func describe() throws -> String {
        String(decoding: try run("v4l2-ctl", ["-d", device, "--info", "--get-fmt-video", "--get-parm"]), as: UTF8.self)
    }

    /// Pictures read by streaming, as call programs do.
    private func stream(_ count: Int, _ size: FrameSize) throws -> [[UInt8]] {
        let folder = try TemporaryFolder()
        let path = folder.path("frames")
        _ = try run("v4l2-ctl", ["-d", device, "--stream-mmap", "--stream-count=\(count)", "--stream-to=\(path)"])
        let bytes = try readFile(path)
        let pictureBytes = 2 * size.pixelCount
        try #require(bytes.count == count * pictureBytes, "\(bytes.count) bytes for \(count) pictures")
        return (0..<count).map { Array(bytes[$0 * pictureBytes..<($0 + 1) * pictureBytes]) }
    }

    private func expected(_ picture: PixelBuffer, _ size: FrameSize) -> [UInt8] {
        let canvas = VirtualCameraCanvas(VirtualCameraLayout(.yuyv, size), fill: .blur)
        return Array(canvas.draw(picture, isMirrored: false))
    }

    @Test func isACameraFromTheFirstPictureOn() throws {
        let before = String(decoding: try run("v4l2-ctl", ["-d", device, "--info"]), as: UTF8.self)
        #expect(!before.contains("Video Capture\n"), "PUPPET_LOOPBACK_DEVICE has no exclusive_caps, or is in use")
        let camera = try open()
        try waitUntil("a picture is written") { camera.counts.written > 0 }
        let during = try describe()
        #expect(during.contains("Video Capture") && !during.contains("Video Output\n"), "\(during)")
        #expect(during.contains("640/480") && during.contains("YUYV") && during.contains("30.000"), "\(during)")
        camera.stop()
        #expect(failures.lines == [])
    }

    @Test func readersGetTheCardWithoutAnyPicture() throws {
        let camera = try open()
        defer { camera.stop() }
        let card = try #require(try StandbyCard.drawAll(side: 480, fontBytes: testFont)[.starting])
        let canvas = VirtualCameraCanvas(VirtualCameraLayout(.yuyv, size), fill: .blur)
        #expect(try stream(3, size).last == Array(canvas.draw(card: card)))
    }

    @Test func readersComeAndGoAndGetEveryByte() throws {
        let camera = try open()
        defer { camera.stop() }
        for seed in 1...3 {
            let picture = PixelBuffer.noise(FrameSize(square: 256), seed: UInt64(seed))
            camera.write(picture.asFrame())
            // The device keeps a few older pictures for a reader that is new.
            let pictures = try stream(6, size)
            #expect(pictures.last == expected(picture, size), "reader \(seed)")
        }
        #expect(failures.lines == [] && camera.counts.repeated > 0)
    }

    /// Another program's idea of BT.601.
    @Test(.enabled(if: hasFFmpeg)) func coloursAreWhatTheyWere() throws {
        let camera = try open(fill: .colour(red: 30, green: 144, blue: 255))
        defer { camera.stop() }
        let patches: [(UInt8, UInt8, UInt8)] = [(220, 30, 40), (40, 200, 60), (250, 240, 230), (12, 12, 12)]
        let picture = PixelBuffer(FrameSize(square: 480)) { x, y in patches[x / 240 + 2 * (y / 240)] }
        camera.write(picture.asFrame())
        let output = try run(
            "ffmpeg",
            ["-v", "error", "-f", "v4l2", "-i", device, "-frames:v", "6", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        let last = output.suffix(3 * size.pixelCount)
        try #require(last.count == 3 * size.pixelCount)
        let expected = [(200, 120), (440, 120), (200, 360), (440, 360), (20, 240), (620, 240)]
        for (index, (x, y)) in expected.enumerated() {
            let rgb = index < 4 ? patches[index] : (30, 144, 255)
            let start = last.startIndex + 3 * (640 * y + x)
            let actual = last[start..<start + 3].map(Int.init)
            let differences = zip(actual, [rgb.0, rgb.1, rgb.2]).map { abs($0 - Int($1)) }
            #expect(differences.max()! <= 3, "\(actual) for \(rgb) at \(x), \(y)")
        }
    }

    /// A reader that stays holds the format: whoever writes next has to use it.
    @Test func aNewWriterObeysTheFormatThatAReaderHolds() throws {
        do {
            let camera = try open()
            try waitUntil("a picture is written") { camera.counts.written > 0 }
            let reader = try OwnedDescriptor(reading: device)
            camera.stop()
            let second = try open(FrameSize(width: 1280, height: 720))
            #expect(second.size == size)
            let picture = PixelBuffer.smooth(FrameSize(square: 256))
            second.write(picture.asFrame())
            #expect(try stream(6, size).last == expected(picture, size))
            second.stop()
            _ = try reader.status()
        }
        let third = try open(FrameSize(width: 1280, height: 720))
        #expect(third.size == FrameSize(width: 1280, height: 720), "nobody holds the format any more")
        third.stop()
        #expect(failures.lines == [])
    }

    /// ffmpeg leaves a device of 0.12 neither camera nor output.
    @Test(.enabled(if: hasFFmpeg)) func aDeviceThatAnotherProgramLeftIsTaken() throws {
        let source = ["-v", "error", "-f", "lavfi", "-i", "color=s=320x240:r=15", "-t", "0.3"]
        _ = try run("ffmpeg", source + ["-pix_fmt", "yuyv422", "-f", "v4l2", device])
        let camera = try open()
        defer { camera.stop() }
        let picture = PixelBuffer.smooth(FrameSize(square: 256))
        camera.write(picture.asFrame())
        #expect(try stream(6, size).last == expected(picture, size))
    }

    @Test func readersNeverStarve() throws {
        let camera = try open()
        defer { camera.stop() }
        let start = MonotonicTime.now
        _ = try stream(45, size)
        let seconds = MonotonicTime.now.milliseconds(since: start) / 1000
        let rate = Double(camera.counts.written) / seconds
        #expect(seconds < 20 && rate > 10, "45 pictures in \(seconds) s, \(rate) written a second")
    }
}

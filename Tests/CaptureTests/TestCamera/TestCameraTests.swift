import Frames
import System
import Testing

@testable import Capture

@Suite("The test camera's pictures")
struct TestCameraTests {
    private func camera(
        _ width: Int, _ height: Int, rate: FrameRate = FrameRate(25), frames: Int? = nil, portrait: Frame? = nil
    ) -> TestCamera {
        TestCamera(
            portrait: portrait ?? syntheticPortrait(), size: FrameSize(width: width, height: height), frameRate: rate,
            frameCount: frames)
    }

    /// Every frame of one round whose true pose `wanted` picks.
    private func frames(_ camera: TestCamera, where wanted: (TestCamera.Pose) -> Bool) -> [(Frame, TestCamera.Pose)] {
        (0..<300).compactMap { _ in camera.next() }
            .map { ($0, camera.pose(atFrame: $0.sequence)) }
            .filter { wanted($0.1) }
    }

    @Test func givesTheSameBytesTwice() {
        let (first, second) = (camera(160, 120, frames: 60), camera(160, 120, frames: 60))
        while let frame = first.next() {
            #expect(frame.bytes == second.next()?.bytes, "frame \(frame.sequence)")
        }
        #expect(second.next() == nil)
    }

    @Test func endsAfterItsFrames() {
        let camera = camera(16, 16, frames: 3)
        #expect((0..<3).map { _ in camera.next()?.sequence } == [0, 1, 2])
        #expect(camera.next() == nil)
        #expect(camera.next() == nil)
        #expect(camera.frameCount == 3)
    }

    @Test func frameZeroIsTheMirroredPortrait() throws {
        let portrait = syntheticPortrait(side: 256)
        let neutral = try #require(camera(256, 256, portrait: portrait).next()).bytes
        let original = portrait.bytes
        var worst = 0
        // The middle of the face, where no backdrop shows.
        for y in 70..<150 {
            for x in 80..<170 {
                for channel in 0..<3 {
                    let there = Int(original[3 * (y * 256 + 255 - x) + channel])
                    worst = max(worst, abs(there - Int(neutral[3 * (y * 256 + x) + channel])))
                }
            }
        }
        #expect(worst == 0, "differs by up to \(worst)")
    }

    @Test func turningMovesTheFaceSideways() {
        let shown = frames(camera(128, 128)) { $0.pitch == 0 && $0.roll == 0 && $0.x == 0 }
        let agreement = correlation(shown.map { $0.0.skin.x }, shown.map { $0.1.yaw })
        #expect(shown.count > 40 && agreement > 0.98, "correlation \(agreement) over \(shown.count) frames")
    }

    @Test func noddingMovesTheFaceUpAndDown() {
        let shown = frames(camera(128, 128)) { $0.yaw == 0 && $0.roll == 0 && $0.y == 0 && $0.mouth == 0 }
        let agreement = correlation(shown.map { $0.0.skin.y }, shown.map { $0.1.pitch })
        #expect(shown.count > 15 && agreement > 0.95, "correlation \(agreement) over \(shown.count) frames")
    }

    @Test func tiltingLeansTheHead() {
        let shown = frames(camera(128, 128)) { $0.yaw == 0 && $0.pitch == 0 && $0.x == 0 && $0.mouth == 0 }
        let agreement = correlation(shown.map { $0.0.skin.lean }, shown.map { $0.1.roll })
        #expect(shown.count > 15 && agreement > 0.95, "correlation \(agreement) over \(shown.count) frames")
    }

    @Test func shiftingMovesTheHeadByThatFraction() throws {
        let camera = camera(160, 120)
        let neutral = try #require(camera.next()).skin
        let shown = frames(camera) { $0.yaw == 0 && $0.pitch == 0 && $0.roll == 0 && $0.x != 0 }
        #expect(shown.count > 10)
        for (frame, pose) in shown {
            let moved = frame.skin.x - neutral.x
            #expect(abs(moved - pose.x) < 0.012, "frame \(frame.sequence): moved \(moved), should \(pose.x)")
        }
    }

    @Test func expressionsChangeOnlyTheirPlaces() {
        let geometry = FaceGeometry.portrait.mirrored
        let canvas = PortraitCanvas(
            portrait: syntheticPortrait(), frameSize: FrameSize(square: 256), geometry: geometry)
        func rowsChanged(by pose: TestCamera.Pose) -> ClosedRange<Float>? {
            var painter = ExpressionPainter(canvas, geometry: geometry)
            painter.paint(pose)
            let changed = canvas.pixels.indices.filter { canvas.pixels[$0] != painter.pixels[$0] }
            let rows = changed.map { $0 / canvas.width }
            guard let first = rows.first, let last = rows.last else { return nil }
            func place(_ row: Int) -> Float { (Float(row) - canvas.portraitOrigin.y) / canvas.side }
            return place(first)...place(last)
        }
        #expect(rowsChanged(by: .neutral) == nil)
        #expect(rowsChanged(by: .init(blink: 1)).map { (0.37...0.49).contains($0) } == true)
        #expect(rowsChanged(by: .init(brows: 1)).map { (0.32...0.47).contains($0) } == true)
        #expect(rowsChanged(by: .init(gaze: -1)).map { (0.4...0.49).contains($0) } == true)
        #expect(rowsChanged(by: .init(mouth: 1)).map { (0.6...0.93).contains($0) } == true)
    }

    @Test func expressionsLeaveNoTrace() {
        let geometry = FaceGeometry.portrait.mirrored
        let canvas = PortraitCanvas(
            portrait: syntheticPortrait(), frameSize: FrameSize(square: 200), geometry: geometry)
        var painter = ExpressionPainter(canvas, geometry: geometry)
        painter.paint(.init(blink: 1, mouth: 1, brows: 1, gaze: 1))
        painter.paint(.init(blink: 0.3, mouth: 0.2, brows: 0.4, gaze: -0.7))
        painter.paint(.neutral)
        #expect(painter.pixels == canvas.pixels)
    }

    @Test(arguments: [(1, 1), (2, 3), (7, 5), (9, 8), (161, 97), (640, 16), (16, 640), (1, 200)])
    func takesAnySize(_ width: Int, _ height: Int) throws {
        let camera = camera(width, height, rate: FrameRate(5))
        for _ in 0..<60 {
            let frame = try #require(camera.next())
            #expect(frame.size == FrameSize(width: width, height: height))
        }
    }

    @Test(arguments: [FrameSize(square: 1), FrameSize(width: 3, height: 2), FrameSize(width: 100, height: 333)])
    func takesAnyPortrait(_ size: FrameSize) {
        let pixels = PixelBuffer(size: size) { bytes in
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 37) }
        }
        let portrait = Frame(pixels: pixels, sequence: 0, captured: MonotonicTime(nanoseconds: 0))
        let camera = camera(64, 48, rate: FrameRate(5), portrait: portrait)
        for _ in 0..<60 { #expect(camera.next() != nil) }
    }

    @Test func posesFollowTheFrameRate() {
        let camera = camera(8, 8, rate: FrameRate(30000, over: 1001))
        #expect(camera.pose(atFrame: 60) == TestCamera.pose(atTime: Double(camera.frameRate.time(ofFrame: 60)) / 1e9))
    }
}

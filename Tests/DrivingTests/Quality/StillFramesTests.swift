import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import Assets
@testable import Driving

@Suite("Driving frames that show the same")
struct StillFramesTests {
    private static let size = FrameSize(square: 256)

    /// What the test camera makes of a pose.
    private func frame(_ change: (inout TestCamera.Pose) -> Void = { _ in }, noise: SensorNoise? = nil) throws -> Frame
    {
        var pose = TestCamera.Pose.neutral
        change(&pose)
        let camera = TestCamera(
            portrait: try EmbeddedAssets.portrait().asFrame(), size: Self.size, frameRate: FrameRate(30),
            script: { [pose] _ in pose }, noise: noise)
        return try #require(camera.next())
    }

    private func isStill(_ one: Frame, _ next: Frame) -> Bool {
        var still = StillFrames(side: Self.size.width)
        let isAlone = !still.isStill(one)
        #expect(isAlone, "there is none to compare it with")
        still.keep()
        return still.isStill(next)
    }

    @Test(arguments: [(0.0, 1), (1, 1), (2, 1), (1, 2)])
    func noiseIsNoMove(_ sigma: Double, _ grain: Int) throws {
        let one = try frame(noise: SensorNoise(sigma: sigma, grain: grain, seed: 1))
        let next = try frame(noise: SensorNoise(sigma: sigma, grain: grain, seed: 2))
        #expect(isStill(one, next))
    }

    /// In daylight's noise.
    @Test func smallMovesAreMoves() throws {
        let one = try frame(noise: SensorNoise(sigma: 1, seed: 1))
        func next(_ change: (inout TestCamera.Pose) -> Void) throws -> Frame {
            try frame(change, noise: SensorNoise(sigma: 1, seed: 2))
        }
        #expect(!isStill(one, try next { $0.blink = 0.4 }), "a blink that begins")
        #expect(!isStill(one, try next { $0.mouth = 0.15 }), "a mouth that opens")
        #expect(!isStill(one, try next { $0.yaw += 1 }), "a turn of one degree")
        #expect(!isStill(one, try next { $0.x += 0.002 }), "a shift of half a pixel")
    }

    @Test func aSlowMoveIsNoticedInTheEnd() {
        func grey(_ level: UInt8) -> Frame { PixelBuffer(Self.size) { _, _ in (level, level, level) }.asFrame() }
        var still = StillFrames(side: Self.size.width)
        _ = still.isStill(grey(100))
        still.keep()
        let (near, far) = (still.isStill(grey(101)), still.isStill(grey(102)))
        #expect(near && !far, "compared with the one that was kept, not with the one before")
    }

    @Test func anotherPartOfThePictureIsAnotherPicture() {
        let pixels = PixelBuffer.smooth(Self.size)
        let source = FrameSize(width: 640, height: 480)
        func frame(_ x: Int) -> Frame {
            Frame(
                pixels: pixels, sequence: 0, captured: .now,
                part: FramePart(FrameSquare(x: x, y: 0, side: 400, in: source), of: source))
        }
        #expect(isStill(frame(10), frame(10)))
        #expect(!isStill(frame(10), frame(12)), "the same pixels from elsewhere")
    }
}

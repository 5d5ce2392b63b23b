import Assets
import FOMMCore
import Frames
import System
import TestSupport
import Testing

@testable import Driving

@Suite("A wall keeps its colour")
struct ColourDriftTests {
    @Test func whatIsTheSameEverywhereIsUndone() {
        let size = FrameSize(square: 64)
        let picture = PixelBuffer.smooth(size)
        let painted = PixelBuffer(size) { x, y in
            let pixel = picture.pixel(x, y)
            return (pixel[0] + 5, pixel[1] - 3, pixel[2])
        }
        let drift = ColourDrift(of: picture, paintedAs: painted, cells: 16)
        let undone = PixelBuffer(size: size) { bytes in
            painted.withBytes { bytes.copyMemory(from: $0) }
            drift.undo(in: bytes, after: nil)
        }
        #expect(undone.maximumDifference(from: picture) == 0)
    }

    @Test func detailsAndLargeDifferencesStay() {
        let size = FrameSize(square: 64)
        let (dark, bright) = (PixelBuffer(size) { _, _ in (40, 40, 40) }, PixelBuffer(size) { _, _ in (200, 200, 200) })
        let striped = PixelBuffer(size) { x, _ in x.isMultiple(of: 2) ? (30, 30, 30) : (50, 50, 50) }
        func undone(_ drift: ColourDrift, _ picture: PixelBuffer) -> PixelBuffer {
            PixelBuffer(size: size) { bytes in
                picture.withBytes { bytes.copyMemory(from: $0) }
                drift.undo(in: bytes, after: nil)
            }
        }
        #expect(
            undone(ColourDrift(of: dark, paintedAs: striped, cells: 16), striped).maximumDifference(from: striped) == 0)
        #expect(undone(ColourDrift(of: bright, paintedAs: dark, cells: 16), dark).pixel(30, 30) == [88, 88, 88])
        let white = PixelBuffer(size) { _, _ in (255, 255, 255) }
        #expect(
            undone(ColourDrift(of: bright, paintedAs: dark, cells: 16), white).pixel(5, 5) == [255, 255, 255],
            "no overflow")
    }

    /// Colours that no wall had that the network was trained with.
    @Test(arguments: [[192, 32, 144], [32, 192, 192], [224, 208, 16], [255, 128, 0], [255, 0, 0]] as [[UInt8]])
    func loudWalls(_ colour: [UInt8]) throws {
        let model = try FOMMModel(EmbeddedAssets.model)
        let portrait = try EmbeddedAssets.portrait()
        let loud = PixelBuffer(portrait.size) { x, y in
            let pixel =
                256 * x < 60 * portrait.size.width && 256 * y < 120 * portrait.size.height
                ? colour : portrait.pixel(x, y)
            return (pixel[0], pixel[1], pixel[2])
        }
        let folder = try TemporaryFolder()
        try PNGFile.write(loud.asFrame(), to: folder.path("loud.png"))
        let framing = AvatarFraming(crop: .center, face: 1)
        let avatar = try AvatarList(folder.path("loud.png"), framing).load(
            0, AvatarReader(FrameDetector(model, threads: 2)))
        var renderer = AvatarRenderer(FrameGenerator(model, threads: 2), capacity: 1)
        let motion = MotionFrame(
            keypoints: avatar.context.keypoints, avatar: avatar, sequence: 0,
            times: FrameTimes(captured: .now, detectStarted: .now, detected: .now))
        let picture = renderer.render(motion).frame.pixels
        for channel in 0..<3 {
            let sum = (10..<100).reduce(0) { sum, y in
                sum + (8..<44).reduce(0) { $0 + Int(picture.pixel($1, y)[channel]) }
            }
            let drift = Double(sum) / Double(90 * 36) - Double(colour[channel])
            #expect(abs(drift) < 2, "channel \(channel): \(drift)")
        }
    }

    @Test("patches of the bundled portrait's wall, moved and not") func wall() throws {
        let model = try FOMMModel(EmbeddedAssets.model)
        let detector = FrameDetector(model, threads: 2)
        let avatar = try AvatarList(nil).load(0, AvatarReader(detector))
        var renderer = AvatarRenderer(FrameGenerator(model, threads: 2), capacity: 1)
        for shift in [Float(0), 0.05] {
            var keypoints = avatar.context.keypoints
            for index in 0..<keypoints.count { keypoints[value: index].x += shift }
            let motion = MotionFrame(
                keypoints: keypoints, avatar: avatar, sequence: 0,
                times: FrameTimes(captured: .now, detectStarted: .now, detected: .now))
            let picture = renderer.render(motion).frame.pixels
            for (x, y) in [(10, 10), (120, 3), (225, 20), (236, 120)] {
                for channel in 0..<3 {
                    func mean(_ picture: PixelBuffer) -> Double {
                        Double((0..<144).reduce(0) { $0 + Int(picture.pixel(x + $1 % 12, y + $1 / 12)[channel]) }) / 144
                    }
                    let drift = abs(mean(picture) - mean(avatar.picture.pixels))
                    #expect(drift < 2, "at \(x),\(y), channel \(channel): \(drift)")
                }
            }
        }
    }
}

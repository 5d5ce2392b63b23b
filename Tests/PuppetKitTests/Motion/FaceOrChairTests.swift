import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import FOMMCore
@testable import PuppetKit

/// What the bundled model is sure of, calibrated on the test camera's first frame.
@Suite("Telling a face from an empty chair")
struct FaceOrChairTests {
    private let bench: MotionBench
    private let confidence: FaceConfidence

    init() throws {
        bench = try MotionBench()
        confidence = FaceConfidence(
            initial: bench.detections({ _ in .neutral }, seconds: 0.04, noise: MotionBench.fineNoise)[0])
    }

    /// Frames that are certainly a face, or certainly none, cost nothing; those in between are for the hysteresis.
    private func expect(
        _ found: [Detection], _ what: String, atLeast least: Double = 0, atMost most: Double = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let sure = found.map(confidence.callAsFunction)
        #expect(
            sure.allSatisfy { (least...most).contains($0) }, "\(what): \(sure.min()!) to \(sure.max()!)",
            sourceLocation: sourceLocation)
    }

    private func detect(_ picture: PixelBuffer) -> Detection {
        picture.withBytes { bench.detector.detection(rgb8: $0) }
    }

    @Test(arguments: [SensorNoise(sigma: 0), SensorNoise(sigma: 10), MotionBench.coarseNoise])
    func aFaceThatMovesIsAFace(_ noise: SensorNoise) {
        let script = bench.detections(TestCamera.pose(atTime:), rate: 5, seconds: 12, noise: noise)
        expect(script, "the script", atLeast: FacePresence.returnThreshold)
    }

    @Test func aFaceTurnedFarIsAFace() {
        for yaw in [-30.0, 30] {
            let turned = bench.detections({ _ in .init(yaw: yaw) }, seconds: 0.1)
            expect(turned, "turned by \(yaw) degrees", atLeast: FacePresence.threshold)
        }
    }

    @Test func theBackdropIsNoFace() {
        for noise in [nil, MotionBench.fineNoise, MotionBench.coarseNoise] {
            let empty = bench.detections({ _ in .init(isPresent: false) }, seconds: 0.4, noise: noise)
            expect(empty, "an empty chair", atMost: FacePresence.threshold)
        }
    }

    @Test func plainPicturesAreNoFace() {
        let size = FrameSize(square: bench.model.frameSize)
        for level in [UInt8(0), 60, 128, 255] {
            expect(
                [detect(PixelBuffer(size) { _, _ in (level, level, level) })], "\(level)",
                atMost: FacePresence.threshold)
        }
        expect([detect(.noise(size))], "noise", atMost: FacePresence.threshold)
        expect([detect(.smooth(size))], "ramps", atMost: FacePresence.threshold)
        let checks = PixelBuffer(size) { x, y in (x / 32 + y / 32).isMultiple(of: 2) ? (220, 210, 200) : (40, 50, 60) }
        expect([detect(checks)], "a checkerboard", atMost: FacePresence.threshold)
    }

    @Test func aFaceHalfOutOfThePictureIsDoubtful() {
        let side = bench.model.frameSize
        for shift in [side / 2, -side / 2] {
            let found = bench.detections({ _ in .neutral }, seconds: 0.1, noise: nil) { pixels in
                let whole = pixels
                for y in 0..<side {
                    for x in 0..<side {
                        let from = min(max(x + shift, 0), side - 1)
                        for channel in 0..<3 {
                            pixels[3 * (y * side + x) + channel] = whole[3 * (y * side + from) + channel]
                        }
                    }
                }
            }
            expect(found, "shifted by \(shift)", atMost: FacePresence.returnThreshold)
        }
    }

    /// The light goes down by two thirds after calibration: the weakest case, see docs/motion.md.
    @Test func aFaceInTheDarkIsStillNoChair() {
        let dark = bench.detections({ _ in .neutral }, seconds: 0.2) { pixels in
            for index in pixels.indices { pixels[index] = UInt8(Double(pixels[index]) * 0.3) }
        }
        expect(dark, "in the dark", atLeast: FacePresence.threshold)
    }
}

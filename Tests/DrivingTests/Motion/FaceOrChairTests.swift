import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

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
        let sure = found.map { confidence($0) }
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

    /// Somebody turns, gets up in the middle of it, and comes back elsewhere.
    @Test(arguments: [30, 15])
    func whoeverLeavesIsLostAndFoundWithoutAJump(_ rate: Int) {
        let found = bench.detections(
            { seconds in
                TestCamera.Pose(yaw: 20 * MotionBench.ramp(seconds, 0.6), isPresent: !(1..<3).contains(seconds))
            }, rate: rate, seconds: 4.5, noise: MotionBench.fineNoise)
        var presence = FacePresence(.neutral)
        let neutral = found[0].keypoints
        // No keypoint of a turn of 20 degrees goes further from where it is at rest.
        let longest = 0.3
        var last = neutral
        for (frame, detection) in found.enumerated() {
            let seconds = Double(frame) / Double(rate)
            let shown = presence(
                detection.keypoints, confidence: confidence(detection), neutral: neutral, at: seconds)
            let expected: FacePresence.Phase? =
                switch seconds {
                case ..<1, 3.2...: .present
                case 1.05..<1.45: .doubtful
                case 1.6..<3: .lost
                default: nil
                }
            #expect(expected == nil || presence.phase == expected, "\(presence.phase) at \(seconds) s")
            if (2.35..<3).contains(seconds) { #expect(shown == neutral, "\(seconds) s") }
            let step = (0..<shown.count).map { index in
                let way = shown[value: index] - last[value: index]
                return Double((way * way).sum()).squareRoot()
            }.max()!
            #expect(step < 1.5 * longest / 0.3 / Double(rate), "a step of \(step) half frames at \(seconds) s")
            last = shown
        }
        #expect(last == found.last!.keypoints, "back with the driver")
    }
}

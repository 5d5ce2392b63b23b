import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import Assets
@testable import FOMMCore
@testable import Motion

/// The bundled model in front of the test camera: what a driver's keypoints do, and what becomes of them.
struct MotionBench {
    let model: FOMMModel
    let detector: FrameDetector
    let portrait: Frame
    /// Which of its keypoints is what.
    let face: FaceKeypoints

    init() throws {
        model = try FOMMModel(MappedFile(path: Self.modelPath))
        detector = FrameDetector(model, threads: 2)
        face = try #require(FaceKeypoints(names: model.configuration.keypointNames))
        portrait = Frame(pixels: try EmbeddedAssets.portrait(), sequence: 0, captured: .now)
    }

    private static let modelPath = projectFolder.appending(path: "Models/face.safetensors").path

    /// Noise as strong as in a dim room, as coarse as denoiser and codec leave it: 6 times the tremble of noise that is
    /// every pixel's own.
    static let coarseNoise = SensorNoise(sigma: 4, grain: 8)
    static let fineNoise = SensorNoise(sigma: 4)

    /// A movement from 0 to 1 that starts after 0.5 s, takes `duration` seconds, and starts and ends at rest.
    static func ramp(_ seconds: Double, _ duration: Double) -> Double {
        let t = min(max((seconds - 0.5) / duration, 0), 1)
        return t * t * (3 - 2 * t)
    }

    static func turn(_ seconds: Double) -> TestCamera.Pose { TestCamera.Pose(yaw: 30 * ramp(seconds, 0.3)) }
    static func nod(_ seconds: Double) -> TestCamera.Pose { TestCamera.Pose(pitch: 12 * ramp(seconds, 0.3)) }

    /// A blink of 150 ms, as quick as people's.
    static func blink(_ seconds: Double) -> TestCamera.Pose {
        let t = (seconds - 0.6) / 0.15
        return TestCamera.Pose(blink: (0...1).contains(t) ? sin(.pi * t) : 0)
    }

    /// Between the lids, in the measure of ``FaceExpression``.
    func lids(_ keypoints: Keypoints) -> Double { FaceExpression(keypoints, face).lids }

    /// What the detector finds in each frame.
    func detections(
        _ script: @escaping (Double) -> TestCamera.Pose, rate: Int = 30, seconds: Double = 1.7,
        noise: SensorNoise? = coarseNoise, changing: (inout [UInt8]) -> Void = { _ in }
    ) -> [Detection] {
        let camera = TestCamera(
            portrait: portrait, size: FrameSize(square: model.frameSize), frameRate: FrameRate(rate),
            frameCount: Int(seconds * Double(rate)), script: script, noise: noise)
        var found: [Detection] = []
        while let frame = camera.next() {
            var pixels = frame.pixels.withBytes { Array($0) }
            changing(&pixels)
            found.append(pixels.withUnsafeBytes { detector.detection(rgb8: $0) })
        }
        return found
    }

    /// The keypoints that the portrait itself is to show, in pixels of its frame.
    func moved(_ keypoints: [Keypoints], strength: Double, rate: Int) throws -> [[SIMD2<Double>]] {
        try shown(keypoints, strength: strength, rate: rate).map { keypoints in
            (0..<keypoints.count).map { SIMD2<Double>(keypoints[value: $0]) * Double(model.frameSize - 1) / 2 }
        }
    }

    func shown(_ keypoints: [Keypoints], strength: Double, rate: Int) throws -> [Keypoints] {
        let source = portrait.pixels.size.width == model.frameSize ? portrait : fitted
        let avatar = source.pixels.withBytes { detector.detect(rgb8: $0) }
        let motion = RelativeMotion(.relative(adaptScale: true), source: avatar, initial: keypoints[0])
        var filter = KeypointFilter(strength: strength, face: face)
        return keypoints.enumerated().map { motion(filter($1, at: Double($0) / Double(rate))) }
    }

    private var fitted: Frame {
        let fit = SquareFit(from: portrait.size, side: model.frameSize)
        return fit(portrait, from: FramePool(size: FrameSize(square: model.frameSize), capacity: 1))
    }
}

/// Root mean square distance from the mean, of the keypoint (or point) that trembles most.
func tremble(_ frames: [[SIMD2<Double>]]) -> Double {
    let count = Double(frames.count)
    return frames[0].indices.map { index in
        let mean = frames.reduce(.zero) { $0 + $1[index] } / count
        let squares = frames.reduce(0.0) { sum, frame in
            let way = frame[index] - mean
            return sum + (way * way).sum()
        }
        return (squares / count).squareRoot()
    }.max()!
}

/// Milliseconds until `frames` have gone 90 % of the way from `start` to `end`, all keypoints together.
func arrival(_ frames: [[SIMD2<Double>]], from start: [SIMD2<Double>], to end: [SIMD2<Double>], rate: Int) -> Double {
    let way = zip(end, start).map { $0 - $1 }
    let length = way.reduce(0.0) { $0 + ($1 * $1).sum() }
    let done = frames.map { frame in
        zip(zip(frame, start), way).reduce(0.0) { $0 + (($1.0.0 - $1.0.1) * $1.1).sum() } / length
    }
    guard let after = done.firstIndex(where: { $0 >= 0.9 }), after > 0 else { return .infinity }
    let between = (0.9 - done[after - 1]) / (done[after] - done[after - 1])
    return (Double(after - 1) + between) / Double(rate) * 1000
}

/// The mean of each keypoint over some frames.
func mean(_ frames: some Collection<[SIMD2<Double>]>) -> [SIMD2<Double>] {
    frames.first!.indices.map { index in frames.reduce(.zero) { $0 + $1[index] } / Double(frames.count) }
}

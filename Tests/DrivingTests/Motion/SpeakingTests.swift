import Capture
import Foundation
import Testing

@testable import Driving
@testable import FOMMCore
@testable import Frames
@testable import Motion

/// The bundled portrait does what the test camera's face does, as the bundled model sees both. `PUPPET_MOTION_TABLE=1`
/// prints the slopes.
@Suite("The portrait speaks")
struct SpeakingTests {
    /// What is moved from rest to as far as it goes, which value tells, and the least share that has to arrive.
    static let movements: [(String, KeyPath<FaceExpression, Double> & Sendable, Double)] = [
        ("mouth", \.lips, 0.5), ("lids", \.lids, 0.5), ("brows", \.brows, 0.3),
    ]

    private func pose(_ name: String, _ amount: Double) -> TestCamera.Pose {
        switch name {
        case "mouth": .init(mouth: amount)
        case "lids": .init(blink: amount)
        default: .init(brows: amount)
        }
    }

    @Test(arguments: movements)
    func itFollows(_ name: String, _ value: KeyPath<FaceExpression, Double> & Sendable, _ least: Double) throws {
        let bench = try MotionBench()
        let steps = 9
        let camera = TestCamera(
            portrait: bench.portrait, size: FrameSize(square: bench.model.frameSize), frameRate: FrameRate(1),
            frameCount: steps + 1,
            script: { $0 == 0 ? .neutral : pose(name, ($0 - 1) / Double(steps - 1)) })
        var puppet = try SerialPuppet(bench.model, threads: 2, AvatarList(nil))
        var pairs: [(driver: Double, avatar: Double)] = []
        func seen(_ frame: Frame) -> Double {
            let keypoints = frame.pixels.withBytes { bench.detector.detect(rgb8: $0) }
            return FaceExpression(keypoints, bench.face)[keyPath: value]
        }
        while let frame = camera.next() {
            let shown = puppet.show(frame).frame
            if frame.sequence > 0 { pairs.append((seen(frame), seen(shown))) }
        }
        let mean = (pairs.map(\.driver).reduce(0, +) / Double(steps), pairs.map(\.avatar).reduce(0, +) / Double(steps))
        let product = pairs.reduce(0) { $0 + ($1.driver - mean.0) * ($1.avatar - mean.1) }
        let slope = product / pairs.reduce(0) { $0 + ($1.driver - mean.0) * ($1.driver - mean.0) }
        if ProcessInfo.processInfo.environment["PUPPET_MOTION_TABLE"] != nil { print("\(name): \(slope)") }
        #expect((least...1.5).contains(slope), "\(name): of the driver's movement \(slope) arrives; \(pairs)")
    }
}

import Capture
import Foundation
import Testing

@testable import Driving
@testable import FOMMCore
@testable import Frames
@testable import Motion

/// The bundled portrait does what the test camera's face does: the mouth as the bundled model sees both, lids and brows as
/// their pixels say. `PUPPET_MOTION_TABLE=1` prints the slopes.
@Suite("The portrait speaks")
struct SpeakingTests {
    enum Movement: String, CaseIterable {
        case mouth, lids, brows

        func pose(_ amount: Double) -> TestCamera.Pose {
            switch self {
            case .mouth: .init(mouth: amount)
            // The avatar's eyes are shut by then; from there on its lids are painted darker, which tells nothing.
            case .lids: .init(blink: 0.65 * amount)
            case .brows: .init(brows: amount)
            }
        }

        func value(_ frame: Frame, mirrored: Bool, _ bench: MotionBench) -> Double {
            switch self {
            case .mouth:
                FaceExpression(frame.pixels.withBytes { bench.detector.detect(rgb8: $0) }, bench.face).lips
            case .lids: PortraitRuler(mirrored: mirrored).lids(frame)
            case .brows: PortraitRuler(mirrored: mirrored).brows(frame)
            }
        }
    }

    /// From rest to as far as it goes; at least half of it has to arrive.
    @Test(arguments: Movement.allCases)
    func itFollows(_ movement: Movement) throws {
        let bench = try MotionBench()
        let steps = 9
        let camera = TestCamera(
            portrait: bench.portrait, size: FrameSize(square: bench.model.frameSize), frameRate: FrameRate(1),
            frameCount: steps + 1,
            script: { $0 == 0 ? .neutral : movement.pose(($0 - 1) / Double(steps - 1)) })
        var puppet = try SerialPuppet(bench.model, threads: 2, AvatarList(nil))
        var pairs: [(driver: Double, avatar: Double)] = []
        while let frame = camera.next() {
            let shown = puppet.show(frame).frame
            guard frame.sequence > 0 else { continue }
            pairs.append((movement.value(frame, mirrored: true, bench), movement.value(shown, mirrored: false, bench)))
        }
        let mean = (pairs.map(\.driver).reduce(0, +) / Double(steps), pairs.map(\.avatar).reduce(0, +) / Double(steps))
        let product = pairs.reduce(0) { $0 + ($1.driver - mean.0) * ($1.avatar - mean.1) }
        let slope = product / pairs.reduce(0) { $0 + ($1.driver - mean.0) * ($1.driver - mean.0) }
        if ProcessInfo.processInfo.environment["PUPPET_MOTION_TABLE"] != nil { print("\(movement): \(slope)") }
        #expect((0.5...1.5).contains(slope), "\(movement): of the driver's movement \(slope) arrives; \(pairs)")
    }
}

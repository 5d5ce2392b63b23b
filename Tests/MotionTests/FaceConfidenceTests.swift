import Foundation
import Testing

@testable import FOMMCore
@testable import Motion

/// What is asked of the measure itself; how well it tells faces from chairs is for a model to show.
@Suite("Confidence that there is a face")
struct FaceConfidenceTests {
    private let initial = Detection(keypoints: .face(), spreads: .init(repeating: 0.15))
    private var confidence: FaceConfidence { FaceConfidence(initial: initial) }

    @Test func theCalibrationFrameIsAFace() {
        #expect(confidence(initial) == 1)
    }

    @Test func aHeadMayMoveAsItLikes() {
        for (angle, scale) in [(0.0, 1.0), (0.5, 1.0), (-1, 0.8), (0.2, 1.4)] {
            let keypoints = initial.keypoints.moved(angle: angle, scale: scale, by: [0.2, 0.1])
            let sure = confidence(Detection(keypoints: keypoints, spreads: initial.spreads))
            #expect(sure > 0.95, "turned by \(angle), scaled by \(scale): \(sure)")
        }
    }

    @Test func wideHeatmapsAreDoubtful() {
        let sure = [1, 1.2, 1.5, 2, 3].map {
            confidence(Detection(keypoints: initial.keypoints, spreads: initial.spreads * Float($0)))
        }
        #expect(sure == sure.sorted(by: >) && sure[1] > 0.9 && sure[3] < 0.3, "\(sure)")
        let narrow = confidence(Detection(keypoints: initial.keypoints, spreads: initial.spreads * 0.5))
        #expect(narrow == 1, "narrow ones are not: \(narrow)")
    }

    @Test func keypointsOfNoHeadAreDoubtful() {
        let sure = [0.02, 0.2, 0.5].map { amount in
            confidence(Detection(keypoints: initial.keypoints.disturbed(by: amount, seed: 3), spreads: initial.spreads))
        }
        #expect(sure == sure.sorted(by: >) && sure[0] > 0.95 && sure[2] < 0.2, "\(sure)")
    }

    @Test func whatIsDegenerateIsAtMostDoubtful() {
        let heap = Keypoints(count: 10, hasJacobians: true)
        var broken = initial.keypoints
        broken[value: 0].x = .nan
        #expect(confidence(Detection(keypoints: broken, spreads: initial.spreads)) == 0)
        #expect(confidence(Detection(keypoints: heap, spreads: .zero)) < 0.1, "all in one place")
        let blind = FaceConfidence(initial: Detection(keypoints: heap, spreads: .zero))
        #expect((0...1).contains(blind(initial)), "calibrated on nothing: \(blind(initial))")
    }
}

import Foundation
import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("A face that is lost and comes back")
struct FacePresenceTests {
    private let neutral = Keypoints.face()
    private let driver = Keypoints.face().moved(angle: 0.3, by: [0.2, 0])
    /// What a detector makes of an empty chair.
    private func nonsense(_ frame: Int) -> Keypoints { .face(seed: UInt64(100 + frame)) }

    /// Frames at 30 a second, from `confidences`; keypoints are the driver's where it is above a half, else nonsense.
    private func run(
        _ presence: inout FacePresence, _ confidences: [Double], from first: Int = 0
    ) -> [(shown: Keypoints, phase: FacePresence.Phase)] {
        confidences.enumerated().map { index, confidence in
            let frame = first + index
            let keypoints = confidence > 0.5 ? driver : nonsense(frame)
            let shown = presence(keypoints, confidence: confidence, neutral: neutral, at: Double(frame) / 30)
            return (shown, presence.phase)
        }
    }

    private func frames(_ seconds: Double, _ confidence: Double) -> [Double] {
        Array(repeating: confidence, count: Int((seconds * 30).rounded()))
    }

    @Test(arguments: LostFacePolicy.allCases)
    func aDriverWhoStaysIsShownAsItIs(_ policy: LostFacePolicy) {
        var presence = FacePresence(policy)
        for frame in 0..<60 {
            let keypoints = driver.disturbed(by: 0.1, seed: UInt64(frame))
            let confidence = frame % 7 == 0 ? FacePresence.threshold : 1
            let shown = presence(keypoints, confidence: confidence, neutral: neutral, at: Double(frame) / 30)
            #expect(shown == keypoints, "frame \(frame)")
            #expect(presence.phase == .present && !presence.showsCard)
        }
    }

    @Test func lostAfterHalfASecondAndNotBefore() {
        var presence = FacePresence(.hold)
        let phases = run(&presence, frames(1, 1) + frames(1, 0)).map(\.phase)
        #expect(phases[..<30].allSatisfy { $0 == .present })
        #expect(phases[30..<45].allSatisfy { $0 == .doubtful }, "\(phases[30..<46])")
        #expect(phases[45...].allSatisfy { $0 == .lost }, "\(phases[44...])")
    }

    @Test func aMomentsDoubtIsBridged() {
        var presence = FacePresence(.neutral)
        let results = run(&presence, frames(1, 1) + frames(0.2, 0) + frames(1, 1))
        #expect(results.allSatisfy { $0.shown.distance(to: driver) < 1e-6 }, "the driver did not move")
        #expect(!results.contains { $0.phase == .lost })
    }

    @Test func neutralIsReachedAndLeftInTime() {
        var presence = FacePresence(.neutral)
        let leaving = run(&presence, frames(1, 1) + frames(1.3, 0))
        #expect(leaving[45 + 22].shown == neutral, "0.7 s after it is lost")
        #expect(leaving[45 + 5].shown != neutral, "but not at once")
        let coming = run(&presence, frames(0.6, 1), from: leaving.count)
        #expect(coming[2].phase == .lost && coming[3].phase == .present, "\(coming.prefix(5).map(\.phase))")
        #expect(coming[13].shown == driver, "0.3 s after it is back")
    }

    @Test func holdKeepsTheLastGoodKeypoints() {
        var presence = FacePresence(.hold)
        let results = run(&presence, frames(1, 1) + frames(3, 0))
        #expect(results[30...].allSatisfy { $0.shown == driver })
        let moved = neutral.moved(by: [-0.3, 0])
        var last = driver
        for frame in 120..<150 {
            let shown = presence(moved, confidence: 1, neutral: neutral, at: Double(frame) / 30)
            #expect(shown.distance(to: last) < 0.12, "frame \(frame) jumps by \(shown.distance(to: last))")
            last = shown
        }
        #expect(last == moved)
    }

    @Test func theCardIsShownWhileItIsLost() {
        var presence = FacePresence(.card)
        _ = run(&presence, frames(1, 1) + frames(0.4, 0))
        #expect(!presence.showsCard, "in doubt")
        _ = run(&presence, frames(0.3, 0), from: 42)
        #expect(presence.showsCard)
        _ = run(&presence, frames(0.2, 1), from: 51)
        #expect(!presence.showsCard, "back")
    }

    @Test func comingBackTakesMoreThanOneGoodFrame() {
        var presence = FacePresence(.neutral)
        _ = run(&presence, frames(1, 1) + frames(2, 0))
        let flicker = run(&presence, [1, 0, 1, 0, 1, 0], from: 90)
        #expect(flicker.allSatisfy { $0.phase == .lost && $0.shown == neutral })
        let unsure = run(&presence, frames(1, (FacePresence.threshold + FacePresence.returnThreshold) / 2), from: 96)
        #expect(unsure.allSatisfy { $0.phase == .lost }, "between the thresholds")
    }

    /// Whatever the confidence does, the picture never moves faster than the fastest ease.
    @Test(arguments: [LostFacePolicy.hold, .neutral, .card])
    func nothingEverJumps(_ policy: LostFacePolicy) {
        var presence = FacePresence(policy)
        let longest = driver.distance(to: neutral)
        // A smoothstep's steepest slope is 1.5; it may start where another one was stopped.
        let fastest = 1.5 * longest / FacePresence.returning / 30 * 1.1
        var last: Keypoints?
        var random = SeededRandom(seed: 7)
        var (confidence, until) = (1.0, 0)
        for frame in 0..<3000 {
            if frame == until {
                confidence = random.next() % 2 == 0 ? 1 : 0
                until = frame + 1 + Int(random.next() % 40)
            }
            let keypoints = confidence > 0.5 ? driver : nonsense(frame)
            let shown = presence(keypoints, confidence: confidence, neutral: neutral, at: Double(frame) / 30)
            if let last {
                let step = shown.distance(to: last)
                #expect(step <= fastest, "frame \(frame) moves by \(step), at most \(fastest)")
            }
            last = shown
        }
    }

    @Test func nobodyThereFromTheStartShowsTheNeutralPose() {
        for policy in [LostFacePolicy.hold, .neutral, .card] {
            var presence = FacePresence(policy)
            #expect(run(&presence, frames(2, 0)).allSatisfy { $0.shown == neutral }, "\(policy)")
        }
    }

    @Test func whoIsToFollowFollows() {
        var presence = FacePresence(.follow)
        for (frame, seen) in run(&presence, frames(2, 0)).enumerated() {
            #expect(seen.shown == nonsense(frame) && seen.phase == .present, "frame \(frame)")
        }
    }

    @Test func confidenceThatIsNotANumberIsNone() {
        var presence = FacePresence(.hold)
        _ = run(&presence, frames(0.2, 1) + frames(1, .nan))
        #expect(presence.phase == .lost)
    }

    @Test func interpolationEndsWhereItShould() {
        let other = Keypoints.face(seed: 2)
        #expect(neutral.interpolated(to: other, by: 0) == neutral)
        #expect(neutral.interpolated(to: other, by: 1) == other)
        let half = neutral.interpolated(to: other, by: 0.5)
        #expect(half.distance(to: other.interpolated(to: neutral, by: 0.5)) < 1e-6, "the middle is the middle")
    }

    @Test func interpolationNeverTurnsANeighbourhoodInsideOut() {
        var turned = neutral
        for index in 0..<neutral.count {
            turned[jacobian: index] = Matrix2x2(-1, 0, 0, -1) * neutral[jacobian: index]
        }
        for step in 0...100 {
            let mixed = neutral.interpolated(to: turned, by: Double(step) / 100)
            for index in 0..<neutral.count {
                let ratio = mixed[jacobian: index].determinant / neutral[jacobian: index].determinant
                #expect(ratio > 0.09, "keypoint \(index) at \(step) %: area \(ratio)")
            }
        }
    }
}

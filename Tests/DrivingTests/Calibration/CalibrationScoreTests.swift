import Capture
import Testing

@testable import Driving
@testable import FOMMCore

/// What the bundled model says of heads whose pose is known, and what people are told.
@Suite("How a calibration frame differs from the avatar")
struct CalibrationScoreTests {
    private let bench: MotionBench
    private let neutral: Keypoints

    init() throws {
        bench = try MotionBench()
        neutral = bench.detections({ _ in .neutral }, seconds: 0.04, noise: nil)[0].keypoints
    }

    private func keypoints(_ poses: [TestCamera.Pose]) -> [Keypoints] {
        let found = bench.detections(
            { poses[min(Int(($0 * 30).rounded()), poses.count - 1)] }, seconds: (Double(poses.count) + 0.01) / 30,
            noise: MotionBench.fineNoise)
        return found.map(\.keypoints)
    }

    private func score(_ keypoints: Keypoints, _ source: Keypoints) -> CalibrationScore {
        CalibrationScore(keypoints, source: source, unrest: 0, confidence: 1)
    }

    @Test func theSamePoseIsPerfect() {
        #expect(score(neutral, neutral) == score(keypoints([.neutral])[0], neutral))
        #expect(score(neutral, neutral).value == 100)
        #expect(score(neutral, neutral).advice.isEmpty)
    }

    /// The camera's picture is not mirrored: who turns towards its right edge turns to their own left.
    @Test func turningIsSeenAndPutIntoTheDriversWords() {
        let found = keypoints([-25, -15, 15, 25].map { .init(yaw: $0) })
        let yaw = found.map { PoseDifference(from: neutral, to: $0).yaw }
        for (measured, truth) in zip(yaw, [-25.0, -15, 15, 25]) {
            #expect(abs(measured - truth) < 6, "\(measured) degrees of \(truth)")
        }
        #expect(found.prefix(2).allSatisfy { score($0, neutral).advice.first == .turnLeft }, "their right: \(yaw)")
        #expect(found.suffix(2).allSatisfy { score($0, neutral).advice.first == .turnRight }, "their left: \(yaw)")
    }

    @Test func tiltingIsSeenAndPutIntoTheDriversWords() {
        let found = keypoints([-20, -10, 10, 20].map { .init(roll: $0) })
        let roll = found.map { PoseDifference(from: neutral, to: $0).roll }
        for (measured, truth) in zip(roll, [-20.0, -10, 10, 20]) {
            #expect((0.85...1.1).contains(measured / truth), "\(measured) degrees of \(truth)")
        }
        #expect(score(found[3], neutral).advice.first == .tiltRight, "the top of the head towards their left: \(roll)")
        let mirrored = PoseDifference(from: found[3], to: neutral)
        #expect(mirrored.roll < -8, "and the other way round: \(mirrored)")
    }

    /// The face of the test camera is the portrait in a mirror: as unlike as another person.
    @Test func theScoreFallsAsTheHeadTurnsAway() throws {
        let avatar = try AvatarList(nil).load(0, AvatarReader(bench.detector)).context.keypoints
        let own = score(neutral, avatar)
        #expect(own.value >= 85, "\(own.summary), \(PoseDifference(from: avatar, to: neutral))")
        let away: [(String, [TestCamera.Pose])] = [
            ("left", [0, -10, -20, -30].map { .init(yaw: $0) }), ("right", [0, 10, 20, 30].map { .init(yaw: $0) }),
            ("tilted left", [0, -7, -14, -20].map { .init(roll: $0) }),
            ("tilted right", [0, 7, 14, 20].map { .init(roll: $0) }),
        ]
        for (name, poses) in away {
            let values = keypoints(poses).map { score($0, neutral).value }
            #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 }, "\(name): \(values)")
            #expect(values[3] < 80, "\(name): \(values)")
        }
    }

    /// What it says nothing about is not held against anybody.
    @Test func noddingSpeakingAndMovingAsideCostLittle() {
        let found = keypoints([
            .init(pitch: -10), .init(pitch: 10), .init(blink: 1, mouth: 1), .init(x: 0.07, y: 0.05),
        ])
        let values = found.map { score($0, neutral).value }
        #expect(values.allSatisfy { $0 >= 85 }, "\(values)")
    }

    @Test func unrestAndDoubtCost() {
        let restless = CalibrationScore(neutral, source: neutral, unrest: 0.03, confidence: 1)
        #expect(restless.value < 50 && restless.advice == [.holdStill], "\(restless)")
        let doubtful = CalibrationScore(neutral, source: neutral, unrest: 0, confidence: 0.2)
        #expect(doubtful.value < 50 && doubtful.advice == [.showFace], "\(doubtful)")
        #expect(doubtful.summary == "calibration poor (33 of 100): show your whole face, in more light")
        for confidence in [-1, 0, 2, .nan] {
            let value = CalibrationScore(neutral, source: neutral, unrest: 0, confidence: confidence).value
            #expect((0...100).contains(value), "confidence \(confidence): \(value)")
        }
    }

    @Test func keypointsWithoutJacobiansOrExtentDoNoHarm() {
        let none = Keypoints(count: 10, hasJacobians: false)
        let difference = PoseDifference(from: none, to: none)
        #expect(difference.yaw == 0 && difference.roll == 0, "\(difference)")
        #expect(score(none, none).value == 100)
    }
}

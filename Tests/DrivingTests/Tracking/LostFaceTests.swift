import Capture
import Driving
import Testing

@testable import Motion

@Suite("The detecting stage of a live run: an empty chair, and the real face")
struct LostFaceTests {
    private static let empty = TestCamera.Pose(isPresent: false)
    private static let turned = TestCamera.Pose(yaw: 15, pitch: 5)

    @Test(arguments: [LostFacePolicy.hold, .neutral, .card])
    func whoeverLeavesAndComesBackMakesNoJump(_ policy: LostFacePolicy) throws {
        var rig = try TrackerRig(.firstFrame, change: { $0.onLost = policy })
        rig.hold(.neutral, seconds: 0.5)
        let there = rig.hold(Self.turned, seconds: 1)
        let gone = rig.hold(Self.empty, seconds: 2)
        let back = rig.hold(Self.turned, seconds: 1)
        #expect(rig.events == ["lost", "back"])
        #expect(gone.last?.report.isLost == true && back.last?.report.isLost == false)

        let source = there[0].motion.avatar.context.keypoints
        let (last, now) = (there.last!.motion.keypoints, gone.last!.motion.keypoints)
        switch policy {
        case .neutral: #expect(largestDistance(now, source) < 1e-4, "off by \(largestDistance(now, source))")
        case .hold, .card, .follow: #expect(largestDistance(now, last) < 0.03, "off by \(largestDistance(now, last))")
        }
        let cards = gone.map(\.motion.content.card)
        #expect(policy == .card ? cards.last! == .noFace : cards.allSatisfy { $0 == nil }, "\(cards)")
        #expect(there.allSatisfy { $0.motion.content.card == nil } && back.last?.motion.content.card == nil)

        let step = largestStep(Array(there.suffix(10)) + gone + back)
        let way = largestDistance(last, source)
        // Three tenths of a second for the way back, fastest in the middle; and what keypoints tremble by.
        #expect(step < 0.25 * way + 0.03, "a step of \(step) on a way of \(way)")
        let again = largestDistance(meanKeypoints(there.suffix(8)), meanKeypoints(back.suffix(8)))
        #expect(again < 0.03, "where it was before: off by \(again)")
    }

    @Test(
        "a run that begins before an empty chair is calibrated when somebody comes",
        arguments: [CropChoice.center, .auto])
    func calibratesWhenAFaceComes(_ crop: CropChoice) throws {
        var rig = try TrackerRig(.firstFrame, crop: crop)
        let empty = rig.hold(Self.empty, seconds: 3)
        #expect(!rig.events.contains("improved"), "\(rig.events)")
        let source = empty[0].motion.avatar.context.keypoints
        let still = largestDistance(meanKeypoints(empty.suffix(10)), source)
        #expect(still < 0.05, "nobody moves it: off by \(still)")
        let there = rig.hold(.neutral, seconds: 4)
        #expect(rig.events.contains("improved"), "\(rig.events)")
        let way = largestDistance(meanKeypoints(there.suffix(10)), source)
        #expect(way < 0.05, "the driver's pose is the avatar's: off by \(way)")
        let turned = rig.hold(Self.turned, seconds: 1)
        #expect(largestDistance(meanKeypoints(turned.suffix(10)), source) > 0.1, "it follows")
        let count = rig.events.count { $0 == "improved" }
        rig.hold(.neutral, seconds: 2)
        #expect(rig.events.count { $0 == "improved" } == count, "and is left alone then")
    }

    @Test func whileNobodyIsThereACalibrationFailsAndTheOldOneStays() throws {
        var rig = try TrackerRig(.firstFrame)
        let before = rig.hold(.neutral, seconds: 0.3)
        rig.tracker.calibrate(now: rig.now)
        let gone = rig.hold(Self.empty, seconds: 5, rate: 10)
        #expect(rig.events == ["lost", "no face to calibrate"])
        #expect(gone[3].report.calibration == .collecting(0, of: 8) && gone.last?.report.calibration == .done)
        let back = rig.hold(.neutral, seconds: 1)
        #expect(back.last?.report.initial == before.last?.report.initial)
    }

    @Test func theRealFaceIsNeverShownUnasked() throws {
        var rig = try TrackerRig(.countdown, change: { $0.calibration.countdown = 0.3 })
        var frames = rig.hold(.neutral, seconds: 1)
        frames += rig.hold(Self.empty, seconds: 1.5)
        frames += rig.hold(.neutral, seconds: 0.5)
        rig.tracker.calibrate(now: rig.now)
        frames += rig.hold(.neutral, seconds: 0.5)
        #expect(frames.allSatisfy { $0.motion.realFace == nil && !$0.report.isPassthrough })

        rig.tracker.isPassthrough = true
        let real = rig.hold(Self.empty, seconds: 1)
        #expect(
            real.allSatisfy { $0.motion.realFace != nil && $0.report.isPassthrough && $0.motion.content.card == nil })
        rig.tracker.isPassthrough = false
        let after = rig.hold(.neutral, seconds: 0.1)
        #expect(after.allSatisfy { $0.motion.realFace == nil })
        let told = rig.events.filter { ["real face", "avatar"].contains($0) }
        #expect(told == ["real face", "avatar"], "told once each")
    }
}

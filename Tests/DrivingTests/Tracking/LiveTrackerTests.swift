import Testing

@testable import Driving
@testable import FOMMCore

@Suite("The detecting stage of a live run: calibration")
struct LiveTrackerTests {
    /// What the bundled model's keypoints tremble by, smoothed, in keypoint units: three pixels of 256.
    private static let noise: Float = 0.025

    @Test func untilItIsCalibratedACardAsksForIt() throws {
        var rig = try TrackerRig(.countdown, change: { $0.calibration.countdown = 1 })
        let waiting = rig.hold(.init(yaw: 8), seconds: 1)
        #expect(waiting.allSatisfy { $0.motion.content.card == .calibrate }, "\(waiting.map(\.motion.content.card))")
        #expect(waiting.allSatisfy { $0.report.calibration == .countdown(1) }, "\(waiting.map(\.report.calibration))")
        let source = waiting[0].motion.avatar.context.keypoints
        #expect(waiting.allSatisfy { $0.motion.keypoints == source }, "the avatar as it is")
        let calibrated = rig.hold(.init(yaw: 8), seconds: 1)
        #expect(calibrated[2].report.calibration == .collecting(2, of: 8))
        #expect(calibrated.last?.motion.content.card == nil && calibrated.last?.report.calibration == .done)
        #expect(rig.events == ["calibrated"])
        let way = largestDistance(meanKeypoints(calibrated.suffix(10)), source)
        #expect(way < Self.noise, "the driver's pose is the avatar's: off by \(way)")
    }

    @Test func anotherCameraBeginsAnew() throws {
        var rig = try TrackerRig(.firstFrame, change: { $0.calibration.countdown = 1 })
        let before = rig.hold(.init(yaw: 10), seconds: 0.5)
        #expect(before.allSatisfy { $0.report.calibration == .done && $0.motion.content.card == nil })
        rig.tracker.driverChanged()
        let waiting = rig.hold(.init(yaw: -12), seconds: 1)
        let source = waiting[0].motion.avatar.context.keypoints
        #expect(waiting.allSatisfy { $0.motion.content.card == .calibrate && $0.motion.keypoints == source })
        let calibrated = rig.hold(.init(yaw: -12), seconds: 1)
        #expect(rig.events == ["calibrated"])
        #expect(largestDistance(meanKeypoints(calibrated.suffix(10)), source) < Self.noise, "from where it is seen now")
    }

    @Test func automaticallyTheFirstFrameWillDoAndBetterOnesAreTaken() throws {
        var rig = try TrackerRig(.automatic)
        // The portrait in a mirror looks a little to the right of the portrait itself: to the left is worse.
        let first = rig.hold(.init(yaw: -25), seconds: 0.1)
        #expect(first.allSatisfy { $0.motion.content.card == nil && $0.report.calibration == .done }, "at once")
        rig.hold(.init(yaw: -25), seconds: 0.5)
        rig.hold(.neutral, seconds: 1)
        #expect(rig.events.allSatisfy { $0 == "improved" } && rig.scores.count >= 2, "\(rig.events) \(rig.scores)")
        #expect(rig.scores == rig.scores.sorted(), "ever better: \(rig.scores)")
        let before = rig.scores
        rig.hold(.init(yaw: -25), seconds: 1)
        #expect(rig.scores == before, "a worse pose is not taken")
        #expect(rig.seconds < 110)
        rig.hold(.neutral, seconds: 8, rate: 2)
        let late = rig.scores
        rig.hold(.init(roll: -4), seconds: 1)
        #expect(rig.scores == late, "after ten seconds it is left alone")
    }

    @Test func aCalibrationThatIsKnownIsUsedAtOnce() throws {
        var earlier = try TrackerRig(.firstFrame)
        let frame = earlier.hold(.neutral, seconds: 0.04)[0]
        let initial = DrivingInitial(
            Detection(keypoints: frame.report.keypoints, spreads: .init(repeating: 0.15)),
            Viewpoint(of: frame.report.frame))
        var rig = try TrackerRig(.given(initial), crop: .square(x: 110, y: 20, side: 420))
        let tracked = rig.hold(.neutral, seconds: 0.5)
        #expect(tracked.allSatisfy { $0.motion.content.card == nil && $0.report.calibration == .done })
        #expect(rig.events.isEmpty)
        let way = largestDistance(meanKeypoints(tracked), tracked[0].motion.avatar.context.keypoints)
        #expect(way < 0.06, "through another crop: off by \(way)")
    }

    @Test(arguments: [CropChoice.center, .square(x: 100, y: 10, side: 440)])
    func calibratingAnewNeverHitches(_ crop: CropChoice) throws {
        var rig = try TrackerRig(.firstFrame, crop: crop)
        rig.hold(.neutral, seconds: 0.3)
        rig.hold(.init(yaw: 15, pitch: 5), seconds: 0.7)
        if crop != .center { rig.framing.zoom(1) }
        var frames = rig.hold(.init(yaw: 15, pitch: 5), seconds: 0.5)
        rig.tracker.calibrate(now: rig.now)
        frames += rig.hold(.init(yaw: 15, pitch: 5), seconds: 1.2)
        #expect(rig.events == ["calibrated"])
        let source = frames[0].motion.avatar.context.keypoints
        let way = largestDistance(meanKeypoints(frames.prefix(10)), meanKeypoints(frames.suffix(10)))
        #expect(way > 0.08, "two poses: \(way)")
        #expect(largestDistance(meanKeypoints(frames.suffix(10)), source) < Self.noise)
        // Three tenths of a second are nine frames; at rest in the beginning and the end, fastest in between.
        let step = largestStep(frames)
        #expect(step < 0.2 * way + Self.noise, "a step of \(step) on a way of \(way)")
    }

    @Test func zoomingDoesNotMoveTheAvatar() throws {
        var rig = try TrackerRig(.firstFrame)
        let before = rig.hold(.neutral, seconds: 0.7)
        rig.framing.zoom(2)
        rig.framing.shift(x: 15, y: 8)
        let after = rig.hold(.neutral, seconds: 1)
        let way = largestDistance(meanKeypoints(before.suffix(12)), meanKeypoints(after.suffix(12)))
        let raw = largestDistance(before.last!.report.keypoints, after.last!.report.keypoints)
        #expect(way < Self.noise, "off by \(way), while keypoints in the frame moved by \(raw)")
        #expect(
            largestStep(before.suffix(5) + after) < Self.noise, "a step of \(largestStep(before.suffix(5) + after))")
        #expect(after.allSatisfy { $0.report.calibration == .done && !$0.report.isLost })
    }

    @Test func switchingAvatarsKeepsTheCalibration() throws {
        var rig = try TrackerRig(.firstFrame)
        let before = rig.hold(.neutral, seconds: 0.3)
        let other = Avatar(before[0].report.frame.pixels, name: "other", rig.bench.detector)
        rig.tracker.show(other)
        let after = rig.hold(.neutral, seconds: 0.5)
        #expect(after.allSatisfy { $0.motion.avatar === other && $0.report.avatar === other })
        #expect(after.allSatisfy { $0.motion.content.card == nil && $0.report.calibration == .done })
        #expect(after.last?.report.initial == before.last?.report.initial, "the same calibration frame")
        let way = largestDistance(meanKeypoints(after), other.context.keypoints)
        #expect(way < Self.noise, "at the neutral pose the new avatar is as its picture shows it: off by \(way)")
        #expect(rig.events.isEmpty)
    }

    @Test func searchingIsSwitchedOnAndOff() throws {
        var rig = try TrackerRig(.firstFrame)
        rig.hold(.init(yaw: -25), seconds: 0.2)
        rig.hold(.neutral, seconds: 0.5)
        #expect(rig.events.isEmpty, "unasked nothing changes: \(rig.events)")
        let isOn = rig.tracker.toggleSearch()
        #expect(isOn)
        rig.hold(.init(yaw: -27), seconds: 0.5)
        #expect(rig.events.isEmpty, "no better than what there is: \(rig.events), \(rig.scores)")
        rig.hold(.neutral, seconds: 0.7)
        #expect(Set(rig.events) == ["improved"], "\(rig.events)")
        let isStillOn = rig.tracker.toggleSearch()
        #expect(!isStillOn)
    }

    @Test func aCalibrationOnAnEmptyChairDoesNotKeepFacesOut() throws {
        var rig = try TrackerRig(.automatic)
        rig.hold(.init(isPresent: false), seconds: 0.5)
        rig.hold(.neutral, seconds: 1)
        #expect(rig.events.contains("improved"), "\(rig.events)")
        let last = rig.hold(.neutral, seconds: 0.5)[14]
        #expect(!last.report.isLost && last.report.confidence > 0.6, "confidence \(last.report.confidence)")
    }

    @Test func theFaceIsLookedForBeforeItIsCalibrated() throws {
        var rig = try TrackerRig(.automatic, crop: .auto)
        let frames = rig.hold(.neutral, seconds: 2)
        #expect(rig.events.first == "face found", "\(rig.events)")
        let found = rig.framing.square(in: TrackerRig.size)
        #expect(abs(found.side - 480) < 72 && abs(found.x - 80) < 72 && abs(found.y) < 72, "found \(found)")
        #expect(frames.last?.motion.content.card == nil && frames.last?.report.calibration == .done)
        #expect(Viewpoint(of: frames.last!.report.frame).square == found)
    }
}

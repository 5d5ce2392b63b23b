import Capture
import Testing

@testable import Driving

@Suite("Driving frames that are not looked at")
struct SkippedDetectionTests {
    private static let still = QualityStep.ladder[1]

    /// Whether keypoints were found anew, for each frame but the first: of noise they never come out the same.
    private func looks(_ frames: [TrackerRig.Tracked]) -> [Bool] {
        zip(frames, frames.dropFirst()).map { $0.report.keypoints != $1.report.keypoints }
    }

    @Test func whoSitsStillIsLookedAtTwiceASecond() throws {
        var rig = try TrackerRig(.firstFrame)
        rig.hold(.neutral, seconds: 0.2)
        rig.step = Self.still
        let looks = looks(rig.hold(.neutral, seconds: 2))
        #expect((3...6).contains(looks.count { $0 }), "\(looks.count { $0 }) of \(looks.count)")
        let longest = looks.split(separator: true).map(\.count).max() ?? 0
        #expect(longest <= 15, "\(longest) frames in a row")
        rig.step = .exact
        #expect(self.looks(rig.hold(.neutral, seconds: 0.5)).allSatisfy { $0 }, "at best quality every frame")
    }

    @Test func whatMovesIsLookedAt() throws {
        var rig = try TrackerRig(.firstFrame)
        rig.step = Self.still
        rig.hold(.neutral, seconds: 0.3)
        for pose in [
            TestCamera.Pose(blink: 0.5), .neutral, TestCamera.Pose(mouth: 0.2), TestCamera.Pose(yaw: 2), .neutral,
        ] {
            let before = rig.hold(rig.pose, seconds: 0.1).last!
            let after = rig.hold(pose, seconds: 0.04)[0]
            #expect(before.report.keypoints != after.report.keypoints, "\(pose)")
        }
    }

    /// A calibration is a median of frames: of one frame many times it would be that frame's noise.
    @Test func calibrationLooksAtEveryFrame() throws {
        var rig = try TrackerRig(.firstFrame)
        rig.step = Self.still
        rig.hold(.neutral, seconds: 0.5)
        rig.tracker.calibrate(now: rig.now)
        let frames = rig.hold(.neutral, seconds: 0.2)
        #expect(looks(frames).allSatisfy { $0 }, "\(looks(frames))")
        _ = rig.tracker.toggleSearch()
        #expect(looks(rig.hold(.neutral, seconds: 0.3)).allSatisfy { $0 }, "while better ones are looked for")
    }

    /// The keypoints of one viewpoint are not those of another.
    @Test func anotherCropIsLookedAt() throws {
        var rig = try TrackerRig(.firstFrame)
        rig.step = Self.still
        let before = rig.hold(.neutral, seconds: 0.3).last!
        rig.framing.zoom(2)
        let after = rig.hold(.neutral, seconds: 0.04)[0]
        #expect(before.report.keypoints != after.report.keypoints)
    }

    @Test func whoLeavesIsMissedAllTheSame() throws {
        var rig = try TrackerRig(.firstFrame)
        rig.step = Self.still
        rig.hold(.neutral, seconds: 1)
        let gone = rig.hold(.init(isPresent: false), seconds: 4)
        #expect(gone.last!.report.isLost, "\(rig.events)")
        #expect(!rig.hold(.neutral, seconds: 2).last!.report.isLost)
    }
}

import Foundation
import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Head, eyes, brows and mouth, each by itself")
struct FaceMotionTests {
    private let calm = PlayedFace()

    /// What the avatar shows after the driver has shown `frames`, the calibration frame not among them.
    private func shown(
        _ avatar: PlayedFace, _ initial: PlayedFace, _ frames: PlayedFace..., gains: MotionGains = MotionGains(),
        _ change: (inout FaceSettings) -> Void = { _ in }
    ) -> Keypoints {
        var settings = FaceSettings()
        change(&settings)
        var motion = AvatarMotion(
            .relative(adaptScale: true), gains, source: avatar.keypoints, initial: initial.keypoints,
            face: PlayedFace.keypoints, settings)
        return frames.reduce(avatar.keypoints) { _, frame in motion(frame.keypoints) }
    }

    private func furthest(_ one: Keypoints, _ other: Keypoints) -> Double {
        (0..<one.count).map { index in
            let way = SIMD2<Double>(one[value: index]) - SIMD2<Double>(other[value: index])
            return (way * way).sum().squareRoot()
        }.max()!
    }

    @Test func namesAreNeededForAllPlaces() {
        #expect(FaceKeypoints(names: []) == nil)
        for name in PlayedFace.names {
            let isFree = name.hasPrefix("free")
            let names = PlayedFace.names.map { $0 == name ? "something" : $0 }
            #expect((FaceKeypoints(names: names) == nil) != isFree, "\(name)")
        }
        let reversed = FaceKeypoints(names: PlayedFace.names.reversed())
        #expect(reversed?.lips.upper == 22 - 1 - PlayedFace.index("lip_up"))
        #expect(PlayedFace.keypoints.part(of: PlayedFace.index("chin")) == .mouth)
        #expect(PlayedFace.keypoints.part(of: PlayedFace.index("free_2")) == .head)
    }

    @Test func theCalibrationFrameShowsTheAvatarAsItIs() {
        let avatar = calm.with { ($0.size, $0.place, $0.mouth) = (0.7, [0.1, -0.05], 0.4) }
        #expect(furthest(shown(avatar, calm, calm), avatar.keypoints) < 1e-5)
    }

    /// For a model whose keypoints have no names nothing is different.
    @Test func withoutNamesItIsGainsAndRelativeMotion() {
        let (source, initial) = (Keypoints.face(seed: 1), Keypoints.face(seed: 2))
        let gains = MotionGains(motion: 0.9, head: 1.2, expression: 0.5)
        for mode in [RelativeMotion.Mode.relative(adaptScale: true), .relative(adaptScale: false), .absolute] {
            var motion = AvatarMotion(mode, gains, source: source, initial: initial, face: nil, FaceSettings())
            let plain = RelativeMotion(mode, source: source, initial: initial)
            let driving = Keypoints.face(seed: 3)
            let isRelative = if case .relative = mode { true } else { false }
            #expect(motion(driving) == plain(isRelative ? gains(driving, initial: initial) : driving))
        }
    }

    /// Whatever the head does, its parts go with it, although they may not move by themselves.
    @Test(arguments: [(25.0, 0, 0), (0, 15, 0), (0, 0, 20), (-20, -10, 10)])
    func partsGoWithTheHead(_ yaw: Double, _ pitch: Double, _ roll: Double) {
        let turned = calm.with { ($0.yaw, $0.pitch, $0.roll, $0.size, $0.place) = (yaw, pitch, roll, 1, [0.1, 0.1]) }
        let held = shown(calm, calm, turned) { $0.moves = [.head] }
        let off = furthest(held, turned.keypoints)
        #expect(off < 0.025, "off by \(off) of half a frame")
        #expect(furthest(held, calm.keypoints) > 0.1)
    }

    @Test func aHeadThatMayNotMoveStays() {
        let turned = calm.with { ($0.yaw, $0.roll, $0.place, $0.lips) = (20, 10, [0.2, 0], 0.15) }
        let still = shown(calm, calm, turned) { $0.moves = [.mouth, .eyes, .brows] }
        for name in ["nose", "jaw_l", "cheek_r", "forehead", "free_1"] {
            let index = PlayedFace.index(name)
            let way = still[value: index] - calm.keypoints[value: index]
            #expect((way * way).sum() < 1e-8, "\(name) moved by \(way)")
        }
        #expect(abs(still.gap("lip_up", "lip_lo") - 0.15) < 0.02, "\(still.gap("lip_up", "lip_lo"))")
    }

    @Test(arguments: [0, 0.5, 1, 2])
    func aGainIsOfItsPartAlone(_ gain: Double) {
        let doing = calm.with { ($0.lips, $0.brows, $0.eyes) = (0.1, 0.05, 0.03) }
        let all = shown(calm, calm, doing)
        let brow = PlayedFace.index("brow_l")
        func raised(_ keypoints: Keypoints) -> Float { calm.keypoints[value: brow].y - keypoints[value: brow].y }
        let (mouth, brows, eyes) = (
            shown(calm, calm, doing) { $0.gains[.mouth] = gain }, shown(calm, calm, doing) { $0.gains[.brows] = gain },
            shown(calm, calm, doing) { $0.gains[.eyes] = gain }
        )
        #expect(abs(mouth.gap("lip_up", "lip_lo") - gain * 0.1) < 2e-3)
        #expect(mouth[value: brow] == all[value: brow] && eyes[value: brow] == all[value: brow])
        #expect(abs(raised(brows) - Float(gain) * raised(all)) < 1e-4)
        let (own, closed) = (calm.eyes, calm.eyes - all.gap("lid_up_r", "lid_lo_r"))
        #expect(closed > 0.02)
        #expect(abs(eyes.gap("lid_up_r", "lid_lo_r") - max(0, own - gain * closed)) < 2e-3)
    }

    /// LivePortrait's report 368: a calibration frame with an open mouth kept the avatar's mouth shut.
    @Test func anOpenMouthInTheCalibrationFrameChangesNothing() {
        let open = calm.with { $0.lips = 0.12 }
        let (closed, half) = (shown(calm, open, calm), shown(calm, open, calm.with { $0.lips = 0.06 }))
        #expect(abs(closed.gap("lip_up", "lip_lo")) < 1e-4, "closed is closed: \(closed.gap("lip_up", "lip_lo"))")
        #expect(abs(half.gap("lip_up", "lip_lo") - 0.06) < 5e-3, "\(half.gap("lip_up", "lip_lo"))")
        let relative = shown(calm, open, calm.with { $0.lips = 0.06 }) { $0.lips = .relative }
        #expect(abs(relative.gap("lip_up", "lip_lo")) < 1e-4, "relative motion keeps it shut, and no further")
    }

    /// Report 36: large eyes never closed, because small ones have not far to go.
    @Test func smallEyesCloseLargeOnes() {
        let (large, small) = (calm.with { $0.eyes = 0.1 }, calm.with { $0.eyes = 0.05 })
        let blink = small.with { $0.eyes = 0.008 }
        let absolute = shown(large, small, blink).gap("lid_up_l", "lid_lo_l")
        let relative = shown(large, small, blink) { $0.lids = .relative }.gap("lid_up_l", "lid_lo_l")
        #expect(abs(absolute) < 1e-4, "\(absolute)")
        #expect(relative > 0.05, "\(relative)")
    }

    /// How far eyes are open when they are is learnt: a calibration frame with closed ones is no harm.
    @Test func closedEyesInTheCalibrationFrameAreNotTakenForOpenOnes() {
        let asleep = calm.with { $0.eyes = 0.01 }
        var settings = FaceSettings()
        settings.lips = .relative
        var motion = AvatarMotion(
            .relative(adaptScale: true), MotionGains(), source: calm.keypoints, initial: asleep.keypoints,
            face: PlayedFace.keypoints, settings)
        for _ in 0..<200 { _ = motion(calm.keypoints) }
        let (open, closed) = (motion(calm.keypoints), motion(asleep.keypoints))
        #expect(abs(open.gap("lid_up_r", "lid_lo_r") / calm.eyes - 1) < 0.1, "\(open.gap("lid_up_r", "lid_lo_r"))")
        #expect(closed.gap("lid_up_r", "lid_lo_r") < 0.1 * calm.eyes, "\(closed.gap("lid_up_r", "lid_lo_r"))")
    }

    /// Eyes are open alike, although the detector is not quite sure; a wink is one all the same.
    @Test func eyesGoTogetherUnlessOneWinks() {
        func difference(_ wink: Double) -> Double {
            let moved = shown(calm, calm, calm.with { $0.wink = wink })
            return moved.gap("lid_up_l", "lid_lo_l") - moved.gap("lid_up_r", "lid_lo_r")
        }
        #expect(abs(difference(0.015)) < 1e-4, "\(difference(0.015))")
        #expect(abs(difference(0.055) - calm.eyes) < 1e-3, "one is shut, the other open: \(difference(0.055))")
    }

    /// Closed eyes in the avatar's picture cannot be painted open.
    @Test func anAvatarThatSleepsMovesRelatively() {
        let asleep = calm.with { $0.eyes = 0.01 }
        let moved = shown(asleep, calm, calm)
        #expect(furthest(moved, asleep.keypoints) < 1e-5)
    }

    /// A wide mouth moves a narrow one by its own measure.
    @Test func proportionsAreTheAvatars() {
        let (wide, narrow) = (calm.with { $0.mouth = 0.5 }, calm.with { $0.mouth = 0.35 })
        let smile = wide.with { $0.mouth = 0.6 }
        func width(_ keypoints: Keypoints) -> Double {
            Double(keypoints[value: 15].x - keypoints[value: 14].x) / 0.9
        }
        #expect(abs(width(shown(narrow, wide, smile)) - 0.35 * 0.6 / 0.5) < 1e-3)
        #expect(abs(width(shown(narrow, wide, smile) { $0.keepsProportions = false }) - 0.45) < 5e-3)
    }

    @Test(arguments: FaceSettings.OpeningMode.allCases, UInt64(1)...20)
    func lidsAndLipsNeverCross(_ mode: FaceSettings.OpeningMode, _ seed: UInt64) {
        let (source, initial) = (
            calm.keypoints.disturbed(by: 0.1, seed: seed), calm.keypoints.disturbed(by: 0.1, seed: seed + 100)
        )
        var settings = FaceSettings()
        (settings.lips, settings.lids) = (mode, mode)
        var motion = AvatarMotion(
            .relative(adaptScale: true), MotionGains(), source: source, initial: initial, face: PlayedFace.keypoints,
            settings)
        for step in 0..<20 {
            let driving = calm.keypoints.disturbed(by: 0.15, seed: seed * 1000 + UInt64(step))
            let moved = motion(driving)
            #expect(moved.allFinite)
            let head = HeadMotion(from: initial, to: driving, PlayedFace.keypoints).whole
            let down = head.turned(PlayedFace.keypoints.down(source))
            for opening in PlayedFace.keypoints.eyes.map(\.lids) + [PlayedFace.keypoints.lips] {
                #expect(opening.gap(moved, down) > -1e-5, "\(opening)")
            }
        }
    }

    @Test func whatIsNotFiniteLeavesTheAvatarAsItIs() {
        var broken = calm.keypoints
        broken[value: 3].x = .nan
        var motion = AvatarMotion(
            .relative(adaptScale: true), MotionGains(), source: calm.keypoints, initial: calm.keypoints,
            face: PlayedFace.keypoints, FaceSettings())
        #expect(motion(broken) == calm.keypoints)
        var unfounded = AvatarMotion(
            .relative(adaptScale: true), MotionGains(), source: calm.keypoints, initial: broken,
            face: PlayedFace.keypoints,
            FaceSettings())
        #expect(unfounded(calm.keypoints).allFinite)
    }
}

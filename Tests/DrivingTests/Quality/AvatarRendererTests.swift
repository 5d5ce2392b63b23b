import Frames
import TestSupport
import Testing

@testable import Driving
@testable import FOMMCore

@Suite("Pictures that are shown again")
struct AvatarRendererTests {
    private let detector: FrameDetector
    private let avatar: Avatar
    private let other: Avatar
    private let size = 64

    init() throws {
        let model = try TestModel.tiny()
        detector = FrameDetector(model, threads: 1)
        avatar = Avatar(.noise(FrameSize(square: 64), seed: 1), name: "one", detector, scales: model.scales)
        other = Avatar(.noise(FrameSize(square: 64), seed: 2), name: "other", detector, scales: model.scales)
    }

    private var renderer: AvatarRenderer {
        AvatarRenderer(FrameGenerator(detector.model, threads: 1), capacity: 4)
    }

    private func motion(
        _ avatar: Avatar, moved pixels: Float = 0, sequence: Int = 0, change: (inout MotionFrame) -> Void = { _ in }
    ) -> MotionFrame {
        var keypoints = avatar.context.keypoints
        keypoints[value: 1].x += pixels * 2 / Float(size)
        var motion = MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: sequence,
            times: FrameTimes(captured: .now, detectStarted: .now, detected: .now))
        change(&motion)
        return motion
    }

    private static let still = QualityStep.ladder[1]

    @Test func exactlyTheSameKeypointsShowThePictureAgain() {
        var renderer = renderer
        let first = renderer.render(motion(avatar, sequence: 1))
        let again = renderer.render(motion(avatar, sequence: 2))
        let moved = renderer.render(motion(avatar, moved: 0.01, sequence: 3))
        #expect(first.work.computed == 1 && again.work.computed == 0 && moved.work.computed == 1)
        #expect(first.frame.pixels === again.frame.pixels && first.frame.pixels !== moved.frame.pixels)
        #expect(again.frame.sequence == 2, "in its own place")
        #expect(again.times.captured > first.times.captured)
    }

    /// Each step is below what is noticed; together they are not.
    @Test func aSlowMoveIsNotLost() {
        var renderer = renderer
        let made = (0...10).filter {
            renderer.render(motion(avatar, moved: Float($0) * 0.04), Self.still).work.computed > 0
        }
        #expect(made == [0, 3, 6, 9])
    }

    @Test func jacobiansCountToo() {
        var renderer = renderer
        _ = renderer.render(motion(avatar), Self.still)
        let turned = motion(avatar)
        var keypoints = turned.keypoints
        keypoints[jacobian: 0] = keypoints[jacobian: 0] + Matrix2x2(0, 0.05, 0, 0)
        let next = MotionFrame(keypoints: keypoints, avatar: avatar, sequence: 1, times: turned.times)
        #expect(renderer.render(next, Self.still).work.computed == 1)
    }

    @Test func anotherAvatarOrStepIsAnotherPicture() {
        var renderer = renderer
        var (computed, pictures): ([Double], [Frame]) = ([], [])
        let soft = QualityStep.ladder[QualityStep.ladder.count - 1]
        for (avatar, step) in [
            (avatar, Self.still), (other, Self.still), (avatar, Self.still), (avatar, soft), (avatar, .exact),
        ] {
            let rendered = renderer.render(motion(avatar), step)
            computed.append(rendered.work.computed)
            pictures.append(rendered.frame)
            #expect(rendered.frame.size == FrameSize(square: size), "enlarged where it was made smaller")
        }
        #expect(computed.allSatisfy { $0 > 0 })
        #expect(
            pictures[0].pixels.bytes == pictures[2].pixels.bytes && pictures[0].pixels.bytes != pictures[1].pixels.bytes
        )
        #expect(pictures[0].pixels.bytes == pictures[4].pixels.bytes, "back at the best one")
        #expect(pictures[3].pixels.maximumDifference(from: pictures[4].pixels) > 0)
    }

    @Test func cardsAndRealFacesComeThrough() {
        var renderer = renderer
        let first = renderer.render(motion(avatar))
        let face = PixelBuffer.noise(FrameSize(square: 64), seed: 9).asFrame()
        let real = renderer.render(motion(avatar) { ($0.content, $0.realFace) = (.realFace, face) })
        #expect(real.picture.content == .realFace && real.frame.pixels === face.pixels)
        let carded = renderer.render(motion(avatar) { $0.content = .card(.noFace) })
        #expect(
            carded.picture.content.card == .noFace && carded.picture.isRepeat
                && carded.frame.pixels === first.frame.pixels, "never the real face again")
    }

    /// As whoever made the avatar for full pictures alone wants them.
    @Test func anAvatarWithoutSmallerSizesIsShownInFull() {
        var (renderer, best) = (renderer, renderer)
        let plain = Avatar(avatar.picture.pixels, name: "plain", detector)
        let soft = renderer.render(motion(plain, moved: 1), QualityStep.ladder[QualityStep.ladder.count - 1])
        #expect(soft.frame.pixels.bytes == best.render(motion(plain, moved: 1)).frame.pixels.bytes)
    }
}

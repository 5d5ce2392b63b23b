import Assets
import Capture
import DrivingSupport
import FOMMCore
import Frames
import Motion
import System
import TestSupport
import Testing

@testable import Driving

/// Folders of the test camera's frames and of frames without a face, looked through by the bundled model.
@Suite("A driving video is looked through before it is used")
struct DrivingSurveyTests {
    private let bench: MotionBench
    private let avatar: Avatar

    init() throws {
        bench = try MotionBench()
        avatar = try AvatarList(nil).load(0, AvatarReader(bench.detector))
    }

    private static let grey = PixelBuffer(FrameSize(square: 256)) { _, _ in (128, 128, 128) }

    private func face(_ pose: TestCamera.Pose) throws -> PixelBuffer {
        let camera = TestCamera(
            portrait: bench.portrait, size: FrameSize(square: 256), frameRate: FrameRate(25), script: { _ in pose })
        return try #require(camera.next()).pixels
    }

    private func survey(
        _ pictures: [PixelBuffer], _ choice: CalibrationChoice = .firstFace, crop: CropChoice = .auto,
        limit: Int? = nil, as other: Avatar? = nil
    ) throws -> DrivingSurvey {
        let folder = try TemporaryFolder()
        for (number, picture) in pictures.enumerated() {
            try PNGFile.write(picture.asFrame(), to: folder.path("\(number).png"))
        }
        let driving = DrivingSource(
            folder.url.path, rate: nil, size: FrameSize(square: 256), searchPath: "")
        return try DrivingSurvey(driving, choice, limit: limit, crop: crop, avatar: other ?? avatar, bench.detector)
    }

    /// What faces are compared with is then the bundled portrait.
    @Test("an avatar without a face says nothing of the driver") func facelessAvatar() throws {
        let wall = Avatar(.smooth(FrameSize(square: 256)), name: "wall", bench.detector)
        let survey = try survey([Self.grey, try face(.neutral)], as: wall)
        #expect(survey.frame == 1 && survey.showsFace == true)
    }

    /// A published model's keypoints have no names: they are compared with the avatar's own and no other model's.
    @Test("keypoints without names are compared with their own kind") func unnamedKeypoints() throws {
        let detector = FrameDetector(try TestModel.tiny(), threads: 1)
        let wall = Avatar(.smooth(FrameSize(square: 64)), name: "wall", detector)
        let driving = DrivingSource("test", rate: nil, size: FrameSize(square: 64), searchPath: "")
        let survey = try DrivingSurvey(driving, .firstFace, limit: 3, crop: .center, avatar: wall, detector)
        let alike = FaceConfidence(initial: wall.context.detection)
        #expect(detector.model.configuration.animatesFaces && survey.showsFace != nil)
        #expect(alike(wall.context.detection, forgiving: true) > 0.5, "the avatar is the measure")
    }

    @Test("the first frame that shows a face is the calibration frame") func firstFace() throws {
        let (neutral, turned) = (try face(.neutral), try face(.init(yaw: 20)))
        let late = try survey([Self.grey, Self.grey, neutral, turned])
        #expect(late.frame == 2 && late.showsFace == true)
        #expect(late.notice(about: "clip", follows: true) == "clip: calibrated on frame 2")
        #expect(late.crop == .square(x: 0, y: 0, side: 256), "the middle will do")
        let atOnce = try survey([neutral, turned])
        #expect(atOnce.frame == 0 && atOnce.notice(about: "clip", follows: true) == nil)
        #expect(late.initial == atOnce.initial)
    }

    @Test("a dark face waits for a brighter one, for a second") func fadeIn() throws {
        let bright = try face(.neutral)
        let dark = PixelBuffer(bright.size) { x, y in
            let pixel = bright.pixel(x, y).map { $0 / 6 }
            return (pixel[0], pixel[1], pixel[2])
        }
        #expect(try survey([dark, dark, bright], crop: .center).frame == 2)
        let night = try survey([dark, dark], crop: .center)
        #expect(night.frame == 0 || night.showsFace == false, "better that than none")
    }

    @Test("without a face the first frame it is, and a line says so") func noFace() throws {
        let none = try survey([Self.grey, Self.grey])
        #expect(none.initial == nil && none.showsFace == false && none.crop == .center)
        #expect(
            none.notice(about: "clip", follows: true)
                == "clip: no face is seen in it: the avatar follows whatever it shows, from the first frame on")
        #expect(none.notice(about: "clip", follows: false) == "clip: no face is seen in it: the avatar stands still")
        #expect(try survey([Self.grey, try face(.neutral)], limit: 1).showsFace == false, "beyond the limit")
    }

    @Test("the best frame is one that shows a face") func best() throws {
        let pictures = [Self.grey, try face(.init(yaw: 20)), try face(.neutral), Self.grey]
        let best = try survey(pictures, .best)
        #expect(best.frame == 2 && best.showsFace == true)
        #expect(try survey(pictures, .frame(1)).frame == 1)
    }

    @Test("the face is looked for in the whole picture") func offCentre() throws {
        let size = FrameSize(width: 900, height: 500)
        let square = FrameSquare(x: 560, y: 120, side: 320, in: size)
        var page = AlbumPage(.smooth(size))
        page.stick(try face(.neutral), at: square)
        let found = try survey([.smooth(size), page.picture])
        guard case .square(let x, let y, let side) = found.crop else {
            Issue.record("\(found.crop)")
            return
        }
        #expect(FrameSquare(x: x, y: y, side: side, in: size).isNear(square), "\(x),\(y),\(side)")
        #expect(found.frame == 1)
    }

    @Test("frames without a face hold the avatar, those before the first one leave it as it is") func onLost() throws {
        let (neutral, turned) = (try face(.neutral), try face(.init(yaw: 15)))
        var tracker = MotionTracker(
            bench.detector, avatar: avatar, mode: .relative(adaptScale: true),
            initial: neutral.withBytes { bench.detector.detection(rgb8: $0) }, onLost: .hold)
        let pictures = [Self.grey, Self.grey] + [PixelBuffer](repeating: turned, count: 30) + [Self.grey, Self.grey]
        let frames = pictures.enumerated().map { tracker.track($0.element.asFrame($0.offset)).keypoints }
        let source = avatar.context.keypoints
        #expect(largestDistance(frames[1], source) < 1e-4)
        #expect(largestDistance(frames[31], source) > 0.05, "it follows")
        #expect(frames[32] == frames[31] && frames[33] == frames[31], "it holds")
    }
}

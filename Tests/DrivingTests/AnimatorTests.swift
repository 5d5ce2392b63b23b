import Capture
import DrivingSupport
import FOMMCore
import Foundation
import Frames
import Motion
import TestSupport
import Testing

@testable import Assets
@testable import Driving
@testable import System

@Suite("Animation from a driving video to pictures", .timeLimit(.minutes(5)))
struct AnimatorTests {
    /// - Parameter onProgress: told how many pictures there are, and where they are.
    private func animate(
        _ driving: DrivingSource, frames: Int? = nil, threads: Int = 2, mode: RelativeMotion.Mode? = nil,
        calibration: CalibrationChoice = .frame(0), into sink: RecordingSink = RecordingSink(),
        contactSheet: String? = nil, onProgress: (Int, AnimationOutputs) -> Void = { _, _ in }
    ) throws -> RecordingSink {
        let animator = Animator(
            try TestModel.tiny(), threads: threads, mode: mode ?? .relative(adaptScale: true),
            calibration: calibration)
        var outputs: AnimationOutputs?
        try animator.run(
            AvatarList(nil), driving: driving, frames: frames,
            makeOutputs: { form in
                let made = try AnimationOutputs(form, contactSheet: contactSheet) { [sink] }
                outputs = made
                return made
            }, progress: { progress in outputs.map { onProgress(progress.framesDone, $0) } })
        return sink
    }

    @Test func theSameBytesEveryTimeForAnyNumberOfThreads() throws {
        let first = try animate(.testCamera(), frames: 6)
        #expect(first.frames.count == 6)
        #expect(first.sequences == Array(0..<6), "every frame, in order")
        #expect(first.ending == "finished")
        #expect(try animate(.testCamera(), frames: 6).frames == first.frames, "a second run")
        #expect(try animate(.testCamera(), frames: 6, threads: 1).frames == first.frames, "one thread")
        #expect(try animate(.testCamera(), frames: 6, threads: 3).frames == first.frames, "three threads")
    }

    @Test func theTestCameraPlaysItsScriptOnce() throws {
        #expect(try animate(.testCamera(rate: 2)).frames.count == 24)
    }

    @Test func aCalibrationFrameInTheMiddleIsTheNeutralOne() throws {
        let plain = try TemporaryFolder()
        let turned = try TemporaryFolder()
        // The same frames, once in order and once with the calibration frame in front.
        let whole = try animate(.folder(plain, [0, 1, 5, 7], rate: 2), calibration: .frame(2))
        let reordered = try animate(.folder(turned, [5, 0, 1, 7], rate: 2))
        #expect(whole.frames == [reordered.frames[1], reordered.frames[2], reordered.frames[0], reordered.frames[3]])
    }

    @Test func theBestCalibrationFrameIsTheOnePosedLikeTheAvatar() throws {
        let folder = try TemporaryFolder()
        let driving = try DrivingSource.folder(folder, [2, 5, 9, 14], rate: 2)
        let model = try TestModel.tiny()
        let detector = FrameDetector(model, threads: 1)
        let avatar = try AvatarList(nil).load(0, AvatarReader(detector))
        var distances: [Double] = []
        let source = try driving.open()
        while let frame = try source.next() {
            let keypoints = frame.pixels.withBytes { detector.detect(rgb8: $0) }
            distances.append(try #require(keypoints.poseDistance(to: avatar.context.keypoints)))
        }
        let nearest = try #require(distances.indices.min { distances[$0] < distances[$1] })
        let best = try animate(driving, calibration: .best)
        #expect(try best.frames == animate(driving, calibration: .frame(nearest)).frames, "\(distances)")
    }

    @Test func impossibleCalibrationFrames() throws {
        let folder = try TemporaryFolder()
        let driving = try DrivingSource.folder(folder, [0, 1])
        func code(_ driving: DrivingSource, _ choice: CalibrationChoice) -> PuppetError.Code? {
            do {
                _ = try animate(driving, calibration: choice)
                return nil
            } catch {
                return (error as? PuppetError)?.code
            }
        }
        #expect(code(driving, .frame(2)) == .noSuchFrame)
        let standardInput = DrivingSource("-", rate: nil, size: FrameSize(square: 64), searchPath: "")
        #expect(code(standardInput, .best) == .cannotRewind)
        #expect(code(standardInput, .frame(1)) == .cannotRewind)
    }

    @Test func whatFailsIsCancelled() throws {
        let sink = RecordingSink()
        sink.failsAtFrame = 2
        #expect(throws: FrameError.self) { try animate(.testCamera(), frames: 6, into: sink) }
        #expect(sink.ending == "cancelled")
        #expect(sink.frames.count == 2)
    }

    /// Somebody else keeps what there is, while the animation goes on.
    @Test func whatIsDoneIsKept() throws {
        let folder = try TemporaryFolder()
        let sink = RecordingSink()
        var kept: [AnimationOutputs.Keeping] = []
        let line = failureLine {
            _ = try animate(
                .testCamera(), frames: 6, into: sink, contactSheet: folder.path("sheet.png"),
                onProgress: { done, outputs in
                    if done == 3, let keeping = try? outputs.keep(patience: 1000) { kept.append(keeping) }
                })
        }
        #expect(line == "the test camera: interrupted")
        guard case .kept(let length)? = kept.first else { Issue.record("nothing was kept: \(kept)"); return }
        #expect(length.summary == "3 frames, 0.1 s")
        #expect(sink.ending == "finished" && sink.frames.count == 3)
        #expect(try ImageFile.read(folder.path("sheet.png")).size == FrameSize(width: 64 * 3, height: 128))
    }

    @Test func nothingIsKeptTwice() throws {
        let sink = RecordingSink()
        let outputs = try AnimationOutputs(VideoForm(FrameSize(square: 64), FrameRate(25))) { [sink] }
        guard case .nothing = try outputs.keep(patience: 0) else { Issue.record("there was nothing to keep"); return }
        outputs.cancel()
        #expect(sink.ending == "cancelled")
        guard case .ending = try outputs.keep(patience: 0) else { Issue.record("it has ended"); return }
    }

    @Test(arguments: [1, 3, 8, 40])
    func contactSheet(_ frames: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("sheet.png")
        let sink = try animate(.testCamera(), frames: frames, contactSheet: path)
        let sheet = try ImageFile.read(path)
        let columns = min(frames, 8)
        #expect(sheet.size == FrameSize(width: 64 * columns, height: 128))
        // Lower left: what became of the first frame.
        let corner = sheet.withBytes { Array($0[3 * sheet.size.width * 64..<3 * (sheet.size.width * 64 + 64)]) }
        #expect(corner == Array(sink.frames[0][0..<3 * 64]))
    }

    /// The default model on the default avatar: what the test face does, the avatar does.
    @Test func theAvatarTurnsTheWayTheTestFaceTurns() throws {
        let model = try FOMMModel(EmbeddedAssets.model)
        let detector = FrameDetector(model, threads: 2)
        let avatar = try AvatarList(nil).load(0, AvatarReader(detector))
        var renderer = AvatarRenderer(FrameGenerator(model, threads: 2), capacity: 1)
        var tracker = MotionTracker(detector, avatar: avatar, mode: .relative(adaptScale: true))
        let camera = try #require(try DrivingSource.testCamera(side: 256, rate: 5).open(frames: 60) as? TestCamera)

        var poses: [TestCamera.Pose] = []
        var seen: [Keypoints] = []
        while let frame = camera.next() {
            poses.append(camera.pose(atFrame: frame.sequence))
            let rendered = renderer.render(tracker.track(frame))
            seen.append(rendered.frame.pixels.withBytes { detector.detect(rgb8: $0) })
        }
        // One movement at a time: where the others are near rest.
        func correlation(_ truth: (TestCamera.Pose) -> Double, _ measured: (Keypoints) -> Double) throws -> Double {
            func unrest(_ pose: TestCamera.Pose) -> Double {
                let turns = abs(pose.yaw) / 25 + abs(pose.pitch) / 12 + abs(pose.roll) / 12
                return turns + abs(pose.x) / 0.08 + abs(pose.y) / 0.08
            }
            let scale = poses.map { abs(truth($0)) }.max()!
            let chosen = poses.indices.filter { unrest(poses[$0]) - abs(truth(poses[$0])) / scale < 0.15 }
            try #require(chosen.count >= 6, "\(chosen.count) frames")
            return pearson(chosen.map { truth(poses[$0]) }, chosen.map { measured(seen[$0]) })
        }
        let yaw = try correlation({ $0.yaw }, { $0.mean.x })
        let pitch = try correlation({ $0.pitch }, { $0.mean.y })
        let roll = try correlation({ $0.roll }, { $0.angle(from: seen[0]) })
        #expect(yaw > 0.9, "yaw: correlation \(yaw)")
        #expect(pitch > 0.9, "pitch: correlation \(pitch)")
        #expect(roll > 0.9, "roll: correlation \(roll)")
    }

    private func pearson(_ x: [Double], _ y: [Double]) -> Double {
        let count = Double(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let (varianceX, varianceY) = (x.reduce(0) { $0 + pow($1 - meanX, 2) }, y.reduce(0) { $0 + pow($1 - meanY, 2) })
        return covariance / (varianceX * varianceY).squareRoot()
    }
}

extension Keypoints {
    fileprivate var mean: SIMD2<Double> {
        (0..<count).reduce(.zero) { $0 + SIMD2<Double>(self[value: $1]) } / Double(count)
    }

    /// How far these keypoints are turned about their mean, in radians, clockwise: the best rotation in least squares.
    fileprivate func angle(from other: Keypoints) -> Double {
        var (sine, cosine) = (0.0, 0.0)
        for index in 0..<count {
            let a = SIMD2<Double>(other[value: index]) - other.mean
            let b = SIMD2<Double>(self[value: index]) - mean
            sine += a.x * b.y - a.y * b.x
            cosine += a.x * b.x + a.y * b.y
        }
        return atan2(sine, cosine)
    }
}

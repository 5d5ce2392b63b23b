import FOMMCore
import Frames
import Glibc
import TestSupport
import Testing

@testable import Driving
@testable import Live
@testable import System

@Suite("Calibrating without a window", .timeLimit(.minutes(5)))
struct CalibrationRunTests {
    /// Two frames, then silence, as of a camera that has died.
    @Test func aSourceThatFallsSilentIsNotWaitedForForEver() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("silent.y4m")
        #expect(mkfifo(path, 0o600) == 0)
        let writer = open(path, O_RDWR)  // both ends: opening it waits for nobody, and the stream does not end
        defer { close(writer) }
        var stream = Array("YUV4MPEG2 W64 H64 F25:1 Ip C420jpeg\n".utf8)
        for _ in 0..<2 { stream += Array("FRAME\n".utf8) + [UInt8](repeating: 128, count: 64 * 64 * 3 / 2) }
        #expect(write(writer, stream, stream.count) == stream.count)
        var settings = CalibrationRun.Settings()
        settings.countdown = 0
        settings.patience = 1
        let driving = DrivingSource(path, rate: nil, size: FrameSize(square: 64), searchPath: "")
        let file = folder.path("me.json")
        let run = try CalibrationRun(
            TestModel.tiny(), avatars: AvatarList(nil), driving: driving,
            keeper: CalibrationKeeper(.file(file), camera: ""), settings: settings, onProgress: { _ in })
        let error = #expect(throws: PuppetError.self) { try run.run() }
        #expect(error?.detail == "no calibration within 1 seconds and 2 frames; nothing is kept")
        #expect(access(file, F_OK) != 0)
    }

    @Test func theResultIsForPeopleAndPrograms() throws {
        let score = CalibrationScore(
            Keypoints(count: 10, hasJacobians: false), source: Keypoints(count: 10, hasJacobians: false), unrest: 0.1,
            confidence: 0.1)
        #expect(score.advice == [.showFace, .holdStill])
        #expect(
            CalibrationResult(score: score, path: "/a/b.json").table == """
                calibration poor (0 of 100): show your whole face, in more light
                    also: hold still
                kept in /a/b.json
                """)
        #expect(
            try CalibrationResult(score: score, path: nil).json() == """
                {
                  "advice" : [
                    "show your whole face, in more light",
                    "hold still"
                  ],
                  "path" : null,
                  "score" : 0
                }
                """)
    }
}

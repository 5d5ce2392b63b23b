import FOMMCore
import Frames
import Testing

@testable import Driving

@Suite("Counting down and gathering calibration frames")
struct CalibrationSessionTests {
    private typealias Examples = CalibrationExamples
    private let source = CalibrationExamples.keypoints()

    /// Shows frames at a rate until something comes of it.
    ///
    /// - Returns: the seconds that had gone by, and what came of it; `nil` for nothing after half a minute.
    private func run(
        _ session: inout CalibrationSession, rate: Double = 30, mustSucceed: Bool = false,
        _ frame: (Double) -> CalibrationSession.Observation
    ) -> (seconds: Double, outcome: CalibrationSession.Outcome)? {
        for index in 0..<Int(30 * rate) {
            let seconds = Double(index) / rate
            if let outcome = session.observe(frame(seconds), source: source, mustSucceed: mustSucceed) {
                return (seconds, outcome)
            }
        }
        return nil
    }

    private func session(frames: Int = 15, after seconds: Double = 0) -> CalibrationSession {
        var session = CalibrationSession(frames: frames)
        session.start(after: seconds, now: Examples.time(0))
        return session
    }

    private func initial(_ outcome: CalibrationSession.Outcome?) -> DrivingInitial? {
        if case .calibrated(let initial, _) = outcome { initial } else { nil }
    }

    @Test func nothingHappensUnasked() {
        var session = CalibrationSession(frames: 3)
        #expect(run(&session) { Examples.observation(at: $0) } == nil)
        #expect(session.secondsLeft(now: Examples.time(1)) == nil)
    }

    @Test func itCountsDownInWholeSeconds() {
        var session = session(after: 3)
        let counted = [0, 0.01, 0.99, 1, 1.5, 2, 2.9, 3.5].map { session.secondsLeft(now: Examples.time($0)) ?? 0 }
        #expect(counted == [3, 3, 3, 2, 2, 1, 1, 1])
        let (seconds, outcome) = try! #require(run(&session) { Examples.observation(at: $0) })
        #expect(abs(seconds - (3 + 14.0 / 30)) < 0.05, "calibrated after \(seconds) s")
        #expect(initial(outcome)?.detection == Examples.detection())
        #expect(session.phase == .idle && session.secondsLeft(now: Examples.time(9)) == nil)
    }

    @Test func framesOfTheCountdownDoNotCount() throws {
        var session = session(frames: 5, after: 1)
        let (_, outcome) = try #require(
            run(&session) { Examples.observation(Examples.detection(SIMD2($0 < 1 ? 0.3 : 0.1, 0)), at: $0) })
        #expect(initial(outcome)?.detection == Examples.detection(SIMD2(0.1, 0)))
    }

    @Test func onlyCalmFramesAreGathered() throws {
        var session = session()
        let (seconds, outcome) = try #require(
            run(&session) { seconds in
                let shift = seconds < 1.5 ? Float(0.5 * seconds) * (Int(seconds * 30) % 2 == 0 ? 1 : -1) : 0.2
                return Examples.observation(Examples.detection(SIMD2(shift, 0)), at: seconds)
            })
        #expect(seconds > 1.9, "done after \(seconds) s, of which 1.5 were restless")
        #expect(initial(outcome)?.detection == Examples.detection(SIMD2(0.2, 0)))
    }

    @Test func itBeginsAnewWhenTheCropMoves() throws {
        let near = Viewpoint(
            FrameSquare(x: 100, y: 20, side: 300, in: Examples.viewpoint.sourceSize),
            of: Examples.viewpoint.sourceSize, side: 256)
        var session = session()
        let (seconds, outcome) = try #require(
            run(&session) { Examples.observation(at: $0, $0 < 0.4 ? Examples.viewpoint : near) })
        #expect(initial(outcome)?.viewpoint == near)
        #expect(seconds > 0.8, "all 15 frames are of the new crop: \(seconds) s")
        // At the last moment: what has just begun is not given up.
        session.start(after: 0, now: Examples.time(0))
        let late = try #require(
            run(&session) { seconds in
                Examples.observation(
                    confidence: seconds < 3.9 ? 0 : 1, at: seconds, seconds < 3.9 ? Examples.viewpoint : near)
            })
        #expect(initial(late.outcome) != nil, "gave up after \(late.seconds) s")
    }

    @Test func withoutAFaceItFailsWhereThereIsACalibration() throws {
        var session = session()
        let (seconds, outcome) = try #require(run(&session) { Examples.observation(confidence: 0.1, at: $0) })
        guard case .failed = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect((3.9...4.2).contains(seconds), "after \(seconds) s")
        #expect(session.phase == .idle)
    }

    @Test func withoutAFaceItSucceedsWhereThereIsNoCalibration() throws {
        var session = session()
        let (seconds, outcome) = try #require(
            run(&session, mustSucceed: true) { Examples.observation(confidence: 0.1, at: $0) })
        guard case .calibrated(_, let score) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(score.value == 0 && score.advice.first == .showFace, "\(score)")
        #expect((3.9...4.2).contains(seconds), "after \(seconds) s")
    }

    @Test func aFewGoodFramesWillDoInTheEnd() throws {
        var session = session()
        // A face on every tenth frame.
        let (_, outcome) = try #require(
            run(&session) { Examples.observation(confidence: Int($0 * 30) % 12 == 0 ? 0.9 : 0, at: $0) })
        #expect(initial(outcome)?.detection == Examples.detection())
    }

    @Test(arguments: [1.0, 0.7])
    func theClockGoesOnWhileFramesAreRare(_ rate: Double) throws {
        var session = session(after: 3)
        let (seconds, outcome) = try #require(run(&session, rate: rate) { Examples.observation(at: $0) })
        #expect(initial(outcome) != nil, "a calm face all the time, at \(rate) frames a second")
        #expect(seconds <= 3 + 4 + 2 / rate, "after \(seconds) s")
    }

    @Test func framesThatAreNoNumbersAreNoFrames() throws {
        var broken = Examples.keypoints()
        broken[value: 3].x = .nan
        let frame = Detection(keypoints: broken, spreads: .zero)
        var session = session()
        let (_, outcome) = try #require(run(&session) { Examples.observation(frame, at: $0) })
        guard case .failed = outcome else { return #expect(Bool(false), "\(outcome)") }
        session.start(after: 0, now: Examples.time(0))
        #expect(run(&session, mustSucceed: true) { Examples.observation(frame, at: $0) } == nil, "nothing to take")
        let (_, later) = try #require(run(&session, mustSucceed: true) { Examples.observation(at: 30 + $0) })
        #expect(initial(later) != nil, "it goes on waiting")
    }
}

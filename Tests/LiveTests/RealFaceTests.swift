import DrivingSupport
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Capture
@testable import Display
@testable import Driving
@testable import Frames
@testable import Live
@testable import System

/// A camera that sees one colour, which occurs nowhere else; pipelines, commands and faults by chance.
@Suite("The real face", .timeLimit(.minutes(60)))
struct RealFaceTests {
    /// PUPPET_SEQUENCES asks for more.
    private static let sequences = ProcessInfo.processInfo.environment["PUPPET_SEQUENCES"].flatMap(Int.init) ?? 1500
    private static let perPipeline = 100

    @Test func reachesAnOutputOnlyWhileItIsAskedForAndNeverUnmarked() throws {
        var random = SeededRandom(seed: UInt64(ProcessInfo.processInfo.environment["PUPPET_SEED"] ?? "") ?? 1)
        var (sequences, seen, shown) = (0, 0, 0)
        while sequences < Self.sequences {
            let run = try Run(&random)
            // However slow the computer is, there is something to be taken back.
            if run.policy != .never {
                run.ask(.passthrough(true))
                try waitUntil("the face is shown", seconds: 60) { run.output.lastShowsFace }
            }
            for _ in 0..<Self.perPipeline { try run.playSequence(&random) }
            try run.end()
            sequences += Self.perPipeline
            let counts = run.output.counts
            (seen, shown) = (seen + counts.pictures, shown + counts.faces)
            #expect(run.output.violations == [], "in sequences before the \(sequences)th")
        }
        #expect(shown > 0 && seen > shown, "\(shown) of \(seen) pictures were real faces")
        print(
            "real face: \(sequences) sequences, \(seen) pictures, \(shown) of them the face, all while it was asked for"
        )
    }

    /// What is sent while no more frames come: outputs repeat their last picture for as long as the run goes on.
    @Test(arguments: [PlayedWorld.Weather.stalls, .unplugged, .breaksOff])
    func isNotRepeatedOnceItIsNoLongerAskedFor(_ fault: PlayedWorld.Weather) throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<20 {
            let run = try Run(&random, policy: .onRequest)
            run.ask(.passthrough(true))
            try waitUntil("the face is shown") { run.output.lastShowsFace }
            run.world.set(fault)
            usleep(UInt32(Int.random(in: 0..<3000, using: &random)))
            run.ask(.passthrough(false))
            try waitUntil("the avatar is back", seconds: 2) { !run.output.lastShowsFace }
            try run.end()
            #expect(run.output.violations == [])
        }
    }

    /// An output that takes nothing more keeps the others, where nothing may be dropped, from getting pictures of frames.
    @Test(arguments: [DropPolicy.stale, .never])
    func isTakenBackAlsoWhereAnOutputIsStuck(_ drop: DropPolicy) throws {
        var random = SeededRandom(seed: 4)
        let released = DispatchSemaphore(value: 0)
        let faces = Collected<Bool>()
        let output = PlayedOutput("stuck") { picture in
            faces.append(FaceColour.isSeen(in: picture.frame))
            released.wait()
            released.signal()
        }
        let run = try Run(&random, policy: .atFirst, drop: drop, besides: [output])
        try waitUntil("the face is shown") { run.output.lastShowsFace && !output.hasRoom }
        run.ask(.passthrough(false))
        try waitUntil("the avatar is back", seconds: 2) { !run.output.lastShowsFace }
        released.signal()
        try waitUntil("it goes on") { faces.all.count > 3 }
        #expect(faces.all.dropFirst().allSatisfy { !$0 }, "what waited for the stuck output was replaced")
        try run.end()
        #expect(run.output.violations == [])
    }

    /// The avatar takes the face's place without a place of its own: numbers of frames, and with them the sound, stay.
    @Test func noFrameIsLostOrAddedWhenItIsTakenBack() throws {
        var random = SeededRandom(seed: 6)
        let numbers = Collected<(sequence: Int, isFiller: Bool)>()
        let output = PlayedOutput("all") { numbers.append(($0.frame.sequence, $0.content.isFiller)) }
        let run = try Run(&random, policy: .atFirst, drop: .never, besides: [output])
        for isOn in [false, true, false, true, false] {
            let before = numbers.all.count
            try waitUntil("pictures come") { numbers.all.count > before + 5 }
            run.ask(.passthrough(isOn))
        }
        try run.end()
        let sequences = numbers.all.filter { !$0.isFiller }.map(\.sequence)
        #expect(sequences == Array(0..<sequences.count))
        #expect(run.output.violations == [])
    }

    @Test func isNeverSentByARunThatMustNot() throws {
        var random = SeededRandom(seed: 3)
        let run = try Run(&random, policy: .never)
        try waitUntil("pictures come") { run.output.counts.pictures > 3 }
        for wish in [true, nil] as [Bool?] {
            #expect(
                run.desk.obey(.passthrough(wish))
                    == .refused("passthrough: this run was started with --never-passthrough"))
        }
        #expect(run.desk.obey(.passthrough(false)) == .done())
        let before = run.output.counts.pictures
        try waitUntil("more of them") { run.output.counts.pictures > before + 10 }
        try run.end()
        #expect(run.output.violations == [] && run.output.counts.faces == 0)
    }
}

/// A live run that is told what to do, and the one output that sees what it sends.
private final class Run {
    let world = PlayedWorld()
    let output = WatchedOutput()
    let desk: CommandDesk
    private let pipeline: LivePipeline
    let policy: RealFacePolicy
    private let folder: TemporaryFolder
    private var isAsleep = false
    private var isAskedFor: Bool

    init(
        _ random: inout SeededRandom, policy: RealFacePolicy? = nil, drop: DropPolicy? = nil,
        besides others: [any Output] = []
    ) throws {
        folder = try TemporaryFolder()
        self.policy = policy ?? [.onRequest, .onRequest, .onRequest, .atFirst, .never].randomElement(using: &random)!
        var settings = LivePipeline.Settings()
        settings.threads = 1
        settings.tracker.realFace = self.policy
        settings.tracker.onLost = [.follow, .neutral, .hold, .card].randomElement(using: &random)!
        settings.tracker.calibration.start = [.firstFrame, .countdown].randomElement(using: &random)!
        settings.latency = [.low, .balanced, .smooth].randomElement(using: &random)!
        settings.drop = drop ?? [.stale, .stale, .never].randomElement(using: &random)!
        settings.crop = [.center, .auto].randomElement(using: &random)!
        isAskedFor = self.policy == .atFirst
        output.isAllowed.store(isAskedFor, ordering: .sequentiallyConsistent)
        let (world, output) = (world, output)
        let driving = DrivingSource(
            "/dev/video0", rate: nil, size: FrameSize(square: 64), searchPath: "",
            openCamera: { path, wishes, choice, onNews in
                try ReconnectingCamera(path, wishes, world.devices, choice: choice, report: onNews)
            })
        pipeline = try LivePipeline(
            TestModel.tiny(), avatars: AvatarList(nil), driving: driving, settings: settings,
            makeOutputs: { _ in [output] + others }, observer: LiveObserver())
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        desk = CommandDesk(
            pipeline, try VirtualCameras([], settings: .init(), quiet), LatestReport(), nil, isMirrored: false,
            kept: KeptFolders(pictures: folder.url.path, videos: folder.url.path), quiet)
        pipeline.start()
    }

    /// Some commands, faults and switches, with little or no time between them.
    func playSequence(_ random: inout SeededRandom) throws {
        for _ in 0..<1 + Int.random(in: 0..<8, using: &random) {
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1: ask(.passthrough(true))
            case 2, 3: ask(.passthrough(false))
            case 4: ask(.passthrough(nil))
            case 5, 6: world.set(PlayedWorld.Weather.allCases.randomElement(using: &random)!)
            case 7: sleepOrWake()
            // These read pictures, which takes longer than all the rest.
            case 8 where Int.random(in: 0..<20, using: &random) == 0:
                ask([.showAvatar(.next), .reloadAvatars, .showFace(nil)].randomElement(using: &random)!)
            default:
                ask(
                    [
                        .calibrate, .toggleCalibrationSearch, .zoom(2), .zoom(-3), .shiftCrop(x: 9, y: -4), .resetCrop,
                        .toggleMirror, .quality(.auto), .status(json: true),
                    ].randomElement(using: &random)!)
            }
            if Int.random(in: 0..<2, using: &random) == 0 { usleep(UInt32(Int.random(in: 0..<1500, using: &random))) }
        }
        if Int.random(in: 0..<4, using: &random) == 0 { world.set(.delivers) }
    }

    func ask(_ command: LiveCommand) {
        guard case .passthrough(let wish) = command, policy != .never else {
            _ = desk.obey(command)
            return
        }
        isAskedFor = wish ?? !isAskedFor
        // From before it is asked for until it has been taken back.
        if isAskedFor { output.isAllowed.store(true, ordering: .sequentiallyConsistent) }
        _ = desk.obey(command)
        if !isAskedFor { output.isAllowed.store(false, ordering: .sequentiallyConsistent) }
    }

    private func sleepOrWake() {
        isAsleep.toggle()
        if isAsleep { pipeline.fallAsleep {} } else { pipeline.wake() }
    }

    func end() throws {
        world.set(.delivers)
        pipeline.stop()
        #expect(pipeline.wait(milliseconds: 20_000), "still running")
    }
}

/// A camera that sees one colour, and what happens to it. Any queue.
final class PlayedWorld: Sendable {
    enum Weather: CaseIterable, Sendable {
        case delivers
        /// The same from another camera, whose pictures have another size.
        case deliversLarge
        case stalls
        case unplugged
        /// Opens, and fails with its first picture.
        case breaksOff
    }

    private let weather = Mutex(Weather.delivers)

    func set(_ weather: Weather) { self.weather.withLock { $0 = weather } }

    var now: Weather { weather.withLock { $0 } }

    var devices: ReconnectingCamera.Devices {
        ReconnectingCamera.Devices(
            open: { [self] (_, path, interrupter) throws(CaptureError) in
                guard now != .unplugged else { throw CaptureError(.missing, path, "there is none") }
                return PlayedCamera(self, interrupter, isLarge: now == .deliversLarge)
            },
            id: { _ in "the camera" }, path: { [self] _ in now == .unplugged ? nil : "/dev/video0" },
            pause: { $0.wait(milliseconds: 1) })
    }

    private final class PlayedCamera: FrameSource {
        let name = "/dev/video0"
        let frameRate = FrameRate(30)
        let isLive = true
        var wanted: WantedSquare?
        private let world: PlayedWorld
        private let interrupter: Interrupter
        private let isLarge: Bool
        private let picture: PixelBuffer
        private var count = 0

        init(_ world: PlayedWorld, _ interrupter: Interrupter, isLarge: Bool) {
            (self.world, self.interrupter, self.isLarge) = (world, interrupter, isLarge)
            picture = FaceColour.picture(
                isLarge ? FrameSize(width: 160, height: 120) : FrameSize(width: 96, height: 72))
        }

        var size: FrameSize { picture.size }

        func next() throws -> Frame? {
            while !interrupter.isInterrupted {
                switch world.now {
                case .stalls: interrupter.wait(milliseconds: 1)
                case .unplugged, .breaksOff: throw CaptureError(.unplugged, name, "the camera is gone")
                case .delivers where isLarge, .deliversLarge where !isLarge:
                    throw CaptureError(.unplugged, name, "another one drives")
                case .delivers, .deliversLarge:
                    interrupter.wait(milliseconds: 1)
                    count += 1
                    return Frame(pixels: picture, sequence: count, captured: .now)
                }
            }
            return nil
        }
    }
}

/// The driver's face: a colour that no portrait has.
enum FaceColour {
    private static let bytes: [UInt8] = [3, 251, 7]

    static func picture(_ size: FrameSize) -> PixelBuffer {
        PixelBuffer(size: size) { pixels in
            for index in pixels.indices { pixels[index] = bytes[index % 3] }
        }
    }

    /// Whether one of 64 pixels has it.
    static func isSeen(in frame: Frame) -> Bool {
        frame.pixels.withBytes { pixels in
            let count = pixels.count / 3
            return (0..<64).contains { sample in
                let first = (sample * 2 + 1) * count / 128 * 3
                return (0..<3).allSatisfy { abs(Int(pixels[first + $0]) - Int(bytes[$0])) <= 4 }
            }
        }
    }
}

/// Looks at every picture as it is submitted.
private final class WatchedOutput: Output {
    let name = "watched"
    let ledger = OutputLedger(taking: .written)
    /// Whether the face may be shown, as far as whoever gives the commands knows.
    let isAllowed = Atomic(false)
    private let state = Mutex((violations: [String](), pictures: 0, faces: 0, lastShowsFace: false))

    var violations: [String] { state.withLock { $0.violations } }
    var counts: (pictures: Int, faces: Int) { state.withLock { ($0.pictures, $0.faces) } }
    var lastShowsFace: Bool { state.withLock { $0.lastShowsFace } }
    let hasRoom = true

    func submit(_ picture: Picture) {
        let shows = FaceColour.isSeen(in: picture.frame)
        let isAllowed = isAllowed.load(ordering: .sequentiallyConsistent)
        state.withLock { state in
            state.pictures += 1
            state.faces += shows ? 1 : 0
            state.lastShowsFace = shows
            if shows != (picture.content == .realFace) {
                state.violations.append("\(picture.content) \(shows ? "is" : "is not") the face")
            }
            if shows && !isAllowed { state.violations.append("the face, which nobody has asked for") }
        }
        ledger.took(picture)
    }

    func finish(at end: RunEnd, _ next: @escaping @Sendable () -> Void) { next() }
}

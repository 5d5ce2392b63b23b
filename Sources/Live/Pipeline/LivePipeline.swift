import Dispatch
import Display
import Driving
import FOMMCore
import Flow
import Foundation
import Frames
import Synchronization
import System

/// `puppet run`: frames flow from a source to sinks at the source's own rate; what is late is replaced by what is newer.
///
/// ```
/// [capture] source -> Stage [detect] LiveTracker -> Stage [generate] AvatarRenderer -> every Output
/// ```
/// Each name in brackets is a serial queue that owns the state behind it. Any queue may call the methods here. A stage
/// begins only when the next one has room, so frames are dropped in one place, before detection, and nothing is computed
/// for nobody; ``LatencyMode`` says how early.
package final class LivePipeline: Sendable {
    let detectQueue = DispatchQueue(label: "puppet.detect", qos: .userInteractive)
    private let generateQueue = DispatchQueue(label: "puppet.generate", qos: .userInteractive)
    private let capture: QueueBound<CaptureLoop>
    private let reading: CaptureClock
    let tracker: QueueBound<LiveTracker>
    private let detect: Stage<Frame>
    private let generate: Stage<MotionFrame>
    let realFace: RealFaceGate
    private let outputs: [any Output]
    /// Ends the wait for a camera.
    private let interruptSource: @Sendable () -> Void
    let avatars: AvatarSwitch
    let framing: Framing
    /// Turned by the capture queue or by commands, read by the detecting and the generating queue.
    let dial: QualityDial
    let snapshots = Snapshots()
    let recorder: Recorder
    private let filler: OutageFiller
    private let counters = FrameCounters()
    private let drop: DropPolicy
    private let sleep: Sleep
    private let sendCover: @Sendable (MotionFrame) -> Void
    private let state = Mutex(State.running)
    private let ended = DispatchSemaphore(value: 0)
    private let onFailure: @Sendable (any Error) -> Void

    private enum State {
        case running, stopping
    }

    /// What the stages know of it as well.
    private final class Sleep: Sendable {
        private let flag = Atomic(false)

        var isOn: Bool { flag.load(ordering: .sequentiallyConsistent) }

        /// - Returns: whether it was on.
        func set(_ isOn: Bool) -> Bool { flag.exchange(isOn, ordering: .sequentiallyConsistent) }
    }

    /// Opens the source and reads the first avatar; nothing flows before ``start()``.
    ///
    /// - Parameters:
    ///   - makeOutputs: opens where the pictures go, once what they are is known.
    ///   - observer: told what happens.
    package init(
        _ model: FOMMModel, avatars list: AvatarList, driving: DrivingSource, settings: Settings,
        makeOutputs: (VideoForm) throws -> [any Output],
        observer: LiveObserver
    ) throws {
        let threads = settings.latency.threads(of: settings.threads)
        let detector = FrameDetector(model, threads: threads.detect)
        let avatar = try list.load(0, AvatarReader(detector, scales: model.scales))
        observer.onAvatar(avatar)
        let start = try settings.calibrationStart(driving, avatar, detector, observer)
        let filler = OutageFiller(detectQueue)
        let cameraChanged = LateHandler()
        let source = try driving.open(
            loops: settings.loops,
            onCamera: { path in
                observer.onEvent(.cameraChanged(path))
                cameraChanged()
            },
            onOutage: { $0 ? filler.start() : filler.stop() })
        let framing = try Framing(settings.crop, in: source.size)
        var trackerSettings = settings.tracker
        trackerSettings.calibration.start = start
        trackerSettings.calibration.findsFace = settings.crop == .auto
        if case .given(let initial) = start, settings.crop == .auto { framing.look(at: initial.viewpoint.square) }
        let outputs = try makeOutputs(
            VideoForm(avatar.shownSize, source.frameRate, sound: settings.keepsSound ? source.sound : nil))
        let recorder = Recorder(source.frameRate, searchPath: settings.searchPath)
        self.recorder = recorder
        let dial = QualityDial(settings.quality)
        self.dial = dial
        let budget = settings.processorBudget.map {
            CPUBudget(percent: $0, cores: ProcessInfo.processInfo.activeProcessorCount)
        }
        interruptSource = source.interrupt
        let captureQueue = DispatchQueue(label: "puppet.capture", qos: .userInteractive)
        let reading = CaptureClock(captureQueue, CapturePace(source))
        capture = QueueBound(
            CaptureLoop(
                source, side: model.frameSize, framing: framing, limit: settings.frames,
                admission: FrameAdmission(
                    cap: settings.rateCap, budget: budget, dial: settings.drop == .never ? nil : dial)),
            on: captureQueue)
        let tracker = QueueBound(
            LiveTracker(
                detector, avatar: avatar, settings: trackerSettings, framing: framing, onEvent: observer.onEvent),
            on: detectQueue)
        cameraChanged.set { [detectQueue] in
            detectQueue.async {
                framing.reset()
                tracker.withState { $0.driverChanged() }
            }
        }
        let renderer = QueueBound(
            AvatarRenderer(FrameGenerator(model, threads: threads.generate), capacity: 1 + 3 * outputs.count),
            on: generateQueue)

        let (detectWakeUp, generateWakeUp) = (WakeUp(detectQueue), WakeUp(generateQueue))
        let (clock, counters, snapshots, sleep) = (GenerateClock(), counters, snapshots, Sleep())
        let realFace = RealFaceGate(settings.tracker.realFace)
        (self.sleep, self.realFace) = (sleep, realFace)
        let (isLossless, onlyTracks) = (settings.drop == .never, settings.onlyTracks)
        if isLossless { for output in outputs { output.ledger.onRoom { generateWakeUp() } } }
        // On the generating queue, as what it knows is.
        let isFaceOut = QueueBound(false, on: generateQueue)
        let send: @Sendable (Picture) -> Void = { picture in
            isFaceOut.withState { $0 = picture.content == .realFace }
            snapshots.see(picture)
            recorder.see(picture)
            for output in outputs { output.submit(picture) }
        }
        // What was under way when the run fell asleep is not what the next app is to see first.
        let sendAvatar: @Sendable (Picture) -> Void = { send(sleep.isOn ? $0.behind(.starting) : $0) }
        sendCover = { motion in
            guard isFaceOut.withState({ $0 }) else { return }
            sendAvatar(renderer.withState { $0.render(motion, dial.step) }.picture)
        }
        let generate = Stage<MotionFrame>(
            on: generateQueue, wakeUp: generateWakeUp, upstream: { detectWakeUp() },
            rule: isLossless ? StartRule(mayStart: { outputs.allSatisfy { $0.hasRoom } }) : .atOnce
        ) { motion in
            clock.beginGenerating()
            let motion = realFace.isOpen && !sleep.isOn ? motion : motion.withoutRealFace
            let rendered = renderer.withState { $0.render(motion, dial.step) }
            if !rendered.picture.content.isFiller {
                clock.endGenerating(rendered.times, isNew: rendered.work.computed > 0)
                counters.count(rendered)
                observer.onRendered(rendered)
            }
            guard motion.realFace != nil else { return sendAvatar(rendered.picture) }
            if !sleep.isOn, realFace.letOut({ send(rendered.picture) }) { return }
            sendAvatar(renderer.withState { $0.render(motion.withoutRealFace, dial.step) }.picture)
        }
        let detect = Stage<Frame>(
            on: detectQueue, wakeUp: detectWakeUp, upstream: { if isLossless { reading.readOn() } },
            rule: settings.latency.detectionRule(before: generate, clock)
        ) { frame in
            let (motion, report) = tracker.withState { $0.track(frame, dial.step) }
            if !onlyTracks { generate.submit(motion) }
            observer.onTracked(report)
        }
        self.tracker = tracker
        self.detect = detect
        self.generate = generate
        self.outputs = outputs
        self.reading = reading
        self.filler = filler
        self.framing = framing
        onFailure = observer.onFailure
        drop = settings.drop
        self.avatars = AvatarSwitch(list, model) { [detectQueue] avatar in
            observer.onAvatar(avatar)
            detectQueue.async { tracker.withState { $0.show(avatar) } }
        }
        filler.set { [weak self] in self?.bridgeOutage() ?? false }
    }

    package func start() { reading.start { [weak self] in self?.captureNext() } }

    /// From now on nothing is read and nothing computed, and a camera is closed, until ``wake()``. What is under way is
    /// finished, and stands behind a card.
    ///
    /// - Parameter asleep: called on a queue of the pipeline's once no picture of before will be submitted any more.
    func fallAsleep(_ asleep: @escaping @Sendable () -> Void) {
        _ = sleep.set(true)
        generateQueue.async(execute: asleep)
    }

    func wake() {
        if sleep.set(false) { reading.resume() }
    }

    /// Calls `proved` once both stages have got round to it: neither hangs.
    func prove(_ proved: @escaping @Sendable () -> Void) {
        detectQueue.async { [generateQueue] in generateQueue.async(execute: proved) }
    }

    /// Ends the flow; what is being worked on is finished, what waits for its turn is dropped unless nothing may be.
    /// Returns at once, see ``wait()``.
    package func stop() { end(droppingWhatWaits: drop == .stale) }

    /// The capture queue is not waited for: its source may be a pipe that nothing comes out of. A camera is interrupted.
    private func end(droppingWhatWaits: Bool) {
        guard
            state.withLock({ state in
                defer { state = .stopping }
                return state == .running
            })
        else { return }
        reading.stop()
        interruptSource()
        filler.stop()
        if droppingWhatWaits {
            detect.dropWaiting()
            generate.dropWaiting()
        }
        let time = MonotonicTime.now
        detect.finish { [self] in generate.finish { [self] in finishOutputs(at: time) } }
    }

    /// Returns when the last picture has been written. Not to be called on one of the pipeline's queues.
    package func wait() {
        ended.wait()
        ended.signal()  // for whoever asks again
    }

    /// Waits for that no longer than `milliseconds`, 0 to ask only.
    ///
    /// - Returns: whether the last picture has been written.
    package func wait(milliseconds: Int) -> Bool {
        guard ended.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { return false }
        ended.signal()
        return true
    }

    package var counts: LiveCounts {
        var counts = counters.counts
        counts.dropped[.detect] = detect.dropped
        counts.dropped[.generate] = generate.dropped
        for output in outputs { counts.outputs[output.name] = output.ledger.counts }
        return counts
    }

    /// What became of the pictures at each output, how old they were, and how long what was recorded is, for the summary at
    /// the end.
    package var outputSummaries:
        [(name: String, counts: OutputCounts, latency: LatencyHistogram, recorded: RecordingLength?)]
    {
        outputs.map { ($0.name, $0.ledger.counts, $0.ledger.latency, $0.recorded) }
    }

    /// - Parameter observer: called with every entry into an output's ledger, by its name; must not block.
    func observeOutputs(_ observer: @escaping @Sendable (String, OutputEntry) -> Void) {
        for output in outputs { output.ledger.follow { [name = output.name] in observer(name, $0) } }
    }

    private func captureNext() {
        if sleep.isOn {
            capture.withState { $0.rest() }
            reading.pause()
            // Somebody may have woken us before that.
            if !sleep.isOn { reading.resume() }
            return
        }
        // Whoever makes room asks again; a camera's driver drops what does not fit its buffers meanwhile.
        if drop == .never, !detect.hasRoom { return }
        let isLast = capture.withState { capture in
            do {
                let outcome = try capture.next(counters.done)
                // Under the lock: once stop() has asked the stages to finish, nothing may be submitted.
                return state.withLock { state in
                    guard state == .running else { return true }
                    switch outcome {
                    case .frame(let frame): detect.submit(frame)
                    case .refused(let cause): counters.refused(cause)
                    case .end: return true
                    }
                    counters.read.wrappingAdd(1, ordering: .relaxed)
                    return false
                }
            } catch {
                // The same Ctrl-C that stops us may have cut short what another program was writing.
                if state.withLock({ $0 == .running }) { onFailure(error) }
                return true
            }
        }
        if isLast { end(droppingWhatWaits: false) } else { reading.readOn() }
    }

    /// - Returns: whether there is more to come.
    private func bridgeOutage() -> Bool {
        guard let motion = tracker.withState({ $0.trackNobody() }) else { return false }
        state.withLock { if $0 == .running { generate.submit(motion) } }
        return true
    }

    /// Has the avatar take the face's place at every output that was sent the face last, whether or not it has room.
    func cover(_ motion: MotionFrame) {
        generateQueue.async { [self] in
            guard state.withLock({ $0 == .running }) else { return }
            sendCover(motion)
        }
    }

    private func finishOutputs(at time: MonotonicTime) {
        let end = RunEnd(time: time, framesRead: counters.counts.read)
        let group = DispatchGroup()
        for output in outputs {
            group.enter()
            output.finish(at: end) { group.leave() }
        }
        group.enter()
        recorder.stop { group.leave() }
        group.enter()
        snapshots.finish { group.leave() }
        group.notify(queue: .global()) { [ended] in ended.signal() }
    }
}

extension LatencyMode {
    /// When a frame may be detected, given the stage that its keypoints go to.
    fileprivate func detectionRule(before generate: Stage<MotionFrame>, _ clock: GenerateClock) -> StartRule {
        switch self {
        case .low: StartRule(mayStart: { generate.isIdle })
        case .balanced: StartRule(mayStart: { generate.hasRoom }, waitForMoment: { clock.waitForStart() })
        case .smooth: StartRule(mayStart: { generate.hasRoom })
        }
    }
}

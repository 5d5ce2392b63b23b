import Dispatch
import FOMMCore
import Frames
import Synchronization

/// `puppet run`: frames flow from a source to sinks at the source's own rate; what is late is replaced by what is newer.
///
/// ```
/// [capture] source -> Stage [detect] MotionTracker -> Stage [generate] AvatarRenderer -> Stage per sink
/// ```
/// Each name in brackets is a serial queue that owns the state behind it. Any queue may call the methods here.
package final class LivePipeline: Sendable {
    private let captureQueue = DispatchQueue(label: "puppet.capture", qos: .userInteractive)
    private let detectQueue = DispatchQueue(label: "puppet.detect", qos: .userInteractive)
    private let generateQueue = DispatchQueue(label: "puppet.generate", qos: .userInteractive)
    private let capture: QueueBound<Capture>
    private let tracker: QueueBound<MotionTracker>
    private let detect: Stage<Frame>
    private let generate: Stage<MotionFrame>
    private let outputs: [Output]
    private let avatars: AvatarSwitch
    private let state = Mutex(State.running)
    private let ended = DispatchSemaphore(value: 0)
    private let onFailure: @Sendable (any Error) -> Void

    private enum State {
        case running, stopping
    }

    /// What the capture queue owns.
    private struct Capture {
        let source: any FrameSource
        let pool: FramePool
        let limit: Int?
        let timer: any DispatchSourceTimer
        var framesRead = 0
        private var fit: SquareFit
        private let side: Int

        init(_ source: any FrameSource, side: Int, limit: Int?, timer: any DispatchSourceTimer) {
            self.source = source
            self.limit = limit
            self.timer = timer
            self.side = side
            fit = SquareFit(from: source.size, side: side)
            // One picture is being captured, one waits, one is being looked at.
            pool = FramePool(size: FrameSize(square: side), capacity: 3)
        }

        /// The square that the network sees. A camera that was unplugged may come back with another size.
        mutating func fitted(_ frame: Frame) -> Frame {
            if fit.input != frame.size { fit = SquareFit(from: frame.size, side: side) }
            let captured = source.isLive ? frame.captured : .now
            return fit(frame.stamped(sequence: frame.sequence, captured: captured), from: pool)
        }

        var period: DispatchTimeInterval { .nanoseconds(Int(1_000_000_000 / source.frameRate.framesPerSecond)) }
    }

    package struct Settings: Sendable {
        package var mode = RelativeMotion.Mode.relative(adaptScale: true)
        package var calibration = CalibrationChoice.frame(0)
        /// Threads of the generating stage; the detecting stage, an eighth of the work, gets a quarter of them.
        package var threads = 2
        /// Stop after so many driving frames; `nil` runs until the source ends or ``LivePipeline/stop()``.
        package var frames: Int?

        package init() {}
    }

    /// Opens the source and reads the first avatar; nothing flows before ``start()``.
    ///
    /// - Parameters:
    ///   - makeOutputs: opens where the pictures go, once their size and rate are known.
    ///   - record: called with every finished picture, on the generating queue: must not block.
    ///   - onFailure: called on some queue where the source fails; the run then ends by itself.
    package init(
        _ model: FOMMModel, avatars list: AvatarList, driving: DrivingSource, settings: Settings,
        makeOutputs: (FrameSize, FrameRate) throws -> [Output],
        record: @escaping @Sendable (RenderedFrame) -> Void, onFailure: @escaping @Sendable (any Error) -> Void
    ) throws {
        let detector = FrameDetector(model, threads: max(1, settings.threads / 4))
        let avatar = try list.load(0, detector)
        let initial = try settings.calibration.keypoints(
            in: driving, limit: settings.frames, avatar: avatar, detector)
        let source = try driving.open()
        let side = FrameSize(square: model.frameSize)
        let outputs = try makeOutputs(side, source.frameRate)
        capture = QueueBound(
            Capture(
                source, side: side.width, limit: settings.frames,
                timer: DispatchSource.makeTimerSource(flags: .strict, queue: captureQueue)),
            on: captureQueue)
        let tracker = QueueBound(
            MotionTracker(detector, avatar: avatar, mode: settings.mode, initial: initial), on: detectQueue)
        let renderer = QueueBound(
            AvatarRenderer(FrameGenerator(model, threads: settings.threads), capacity: 1 + 2 * outputs.count),
            on: generateQueue)

        let generate = Stage<MotionFrame>(on: generateQueue) { motion in
            let rendered = renderer.withState { $0.render(motion) }
            record(rendered)
            for output in outputs { output.stage.submit(rendered) }
        }
        let detect = Stage<Frame>(on: detectQueue) { frame in
            generate.submit(tracker.withState { $0.track(frame) })
        }
        self.tracker = tracker
        self.detect = detect
        self.generate = generate
        self.outputs = outputs
        self.onFailure = onFailure
        self.avatars = AvatarSwitch(list, model) { [detectQueue] avatar in
            detectQueue.async { tracker.withState { $0.show(avatar) } }
        }
    }

    package func start() {
        captureQueue.async { [self] in
            capture.withState { capture in
                capture.timer.setEventHandler { [weak self] in self?.captureNext() }
                capture.timer.schedule(deadline: .now(), repeating: capture.period, leeway: .nanoseconds(0))
                capture.timer.activate()
            }
        }
    }

    /// Ends the flow; what is in flight is finished. Returns at once, see ``wait()``.
    ///
    /// The capture queue is not waited for: its source may be a pipe that nothing comes out of.
    package func stop() {
        guard
            state.withLock({ state in
                defer { state = .stopping }
                return state == .running
            })
        else { return }
        captureQueue.async { [capture] in capture.withState { $0.timer.cancel() } }
        detect.finish { [self] in generate.finish { [self] in finishOutputs() } }
    }

    /// Returns when the last picture has been written. To be called once, not on one of the pipeline's queues.
    package func wait() { ended.wait() }

    /// Whether the last picture has been written; waits for that no longer than `milliseconds`. After `true`, ``wait()``
    /// must not be called.
    package func hasEnded(within milliseconds: Int) -> Bool {
        ended.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
    }

    /// The next driving frame becomes the calibration frame.
    package func calibrate() {
        detectQueue.async { [tracker] in tracker.withState { $0.recalibrate() } }
    }

    /// Shows another avatar as soon as it has been read; the one before stays until then.
    ///
    /// - Parameter onFailure: called on some queue where its picture cannot be read; the one before stays then.
    package func showAvatar(_ step: AvatarStep, onFailure: @escaping @Sendable (any Error) -> Void) {
        avatars.show(step, onFailure)
    }

    /// Frames so far that a newer one replaced, by the stage they were waiting for.
    package var dropped: [String: Int] {
        var dropped = ["detect": detect.dropped, "generate": generate.dropped]
        for output in outputs { dropped[output.name] = output.stage.dropped }
        return dropped
    }

    private func captureNext() {
        let isLast = capture.withState { capture in
            do {
                let wanted = capture.limit.map { capture.framesRead < $0 } ?? true
                guard wanted, let frame = try capture.source.next() else { return true }
                capture.framesRead += 1
                let fitted = capture.fitted(frame)
                // Under the lock: once stop() has asked the stages to finish, nothing may be submitted.
                state.withLock { if $0 == .running { detect.submit(fitted) } }
                return false
            } catch {
                // The same Ctrl-C that stops us may have cut short what another program was writing.
                if state.withLock({ $0 == .running }) { onFailure(error) }
                return true
            }
        }
        if isLast { stop() }
    }

    private func finishOutputs() {
        let group = DispatchGroup()
        for output in outputs {
            group.enter()
            output.stage.finish {
                output.finish()
                group.leave()
            }
        }
        group.notify(queue: .global()) { [ended] in ended.signal() }
    }
}

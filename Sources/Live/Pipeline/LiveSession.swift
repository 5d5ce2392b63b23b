import Dispatch
import Display
import Driving
import FOMMCore
import Flow
import Logging
import System

/// `puppet run` from start to end: a pipeline, its outputs, and the window where there is one.
///
/// Made and run on the main thread, where windows live.
package final class LiveSession {
    private let pipeline: LivePipeline
    private let view: WindowView?
    private let clock = StageClock()
    private let stats: StatsRecorder?
    private let failure = FirstFailure()
    private let watch: OutputWatch
    private let log: SessionLog
    private let desk: CommandDesk
    private let logger: Logger
    /// `nil` where no camera drives.
    private let picker: CameraPicker?
    private let lastReport: LatestReport
    private let thumbnails = Thumbnails()
    private let cameras: VirtualCameras
    private let manager: ServiceManager?
    private let sleeps: Bool

    /// Opens everything, so that what cannot work is known before the first frame.
    ///
    /// - Parameters:
    ///   - outputs: `window`, or what ``openFileSink(path:_:standardOutput:searchPath:)`` takes.
    ///   - cameras: the outputs that are devices, open already.
    ///   - appearance: of the window, where there is one.
    ///   - stats: where to write a ``StatsFile``.
    ///   - searchPath: where to look for ffmpeg, the value of `PATH`.
    ///   - kept: the folders for what the user keeps of it.
    ///   - manager: who has started the program as a service; told how the run goes.
    package init(
        _ model: FOMMModel, avatars: AvatarList, driving: DrivingSource, settings: LivePipeline.Settings,
        outputs names: [String], cameras: VirtualCameras, window appearance: WindowAppearance, stats statsPath: String?,
        searchPath: String, kept: KeptFolders, manager: ServiceManager?, logger: Logger
    ) throws {
        let (clock, failure) = (clock, failure)
        let watch = OutputWatch(
            onLoss: { logger.warning("\($0); the other outputs go on") }, onLastLoss: failure.report)
        self.watch = watch
        let view = names.contains("window") ? try WindowView(appearance.panes) : nil
        let liveOutputs = (view.map { [$0.output as any Output] } ?? []) + cameras.outputs
        let stats = try statsPath.map { try StatsRecorder(path: $0, onFailure: failure.report) }
        let log = SessionLog(logger, settings.keeper, model)
        var observer = LiveObserver()
        observer.onRendered = { rendered in
            clock.record(rendered.times)
            stats?.record(rendered)
        }
        let (feed, lastReport) = (view?.feed, LatestReport())
        observer.onTracked = { report in
            lastReport.set(report)
            _ = feed?.reports.post(report)
        }
        let picker = driving.isCamera ? CameraPicker(current: driving.name) { driving.choose(camera: $0) } : nil
        self.picker = picker
        observer.onEvent = { event in
            log.note(event)
            if case .cameraChanged(let path) = event { picker?.changed(to: path) }
            _ = feed?.events.post(event)
        }
        observer.onAvatar = log.note
        let (name, follows) = (driving.name, settings.tracker.onLost == .follow)
        observer.onSurvey = { survey in
            if let notice = survey.notice(about: name, follows: follows) { logger.notice("\(notice)") }
        }
        observer.onFailure = failure.report
        var settings = settings
        settings.searchPath = searchPath
        pipeline = try LivePipeline(
            model, avatars: avatars, driving: driving, settings: settings,
            makeOutputs: { form in
                let files = names.filter { $0 != "window" && !VirtualCameras.isOne($0) }
                let sinks = try FileSinks(files, form, sendsToNetwork: true, searchPath: searchPath)
                let outputs = liveOutputs + sinks.outputs(timedBy: driving.recordingBase, onFailure: watch.lost)
                watch.begin(with: outputs.count)
                return outputs
            }, observer: observer)
        stats?.follow(pipeline)
        self.view = view
        self.lastReport = lastReport
        self.cameras = cameras
        self.manager = manager
        sleeps = settings.sleeps
        self.stats = stats
        self.log = log
        self.logger = logger
        desk = CommandDesk(
            pipeline, cameras, lastReport, feed, picker, isMirrored: appearance.isMirrored, kept: kept, logger)
    }

    /// Whether something is being kept that the user asked for, which takes as long as it takes. From any queue.
    package var isKeeping: @Sendable () -> Bool {
        { [pipeline] in pipeline.recorder.isBusy || pipeline.snapshots.isBusy }
    }

    /// Ends the run from any queue; ``run()`` returns soon after.
    package var stop: @Sendable () -> Void { { [pipeline] in pipeline.stop() } }

    /// Returns when the source has ended, the window was closed or ``stop`` was called, and all outputs are finished.
    ///
    /// - Parameter sockets: where to listen for `puppet ctl`.
    /// - Returns: whether no output was lost on the way; the user has been told of those that were.
    /// - Throws: the first failure of the source, the last output or the stats file.
    package func run(_ sockets: ControlSocket) throws -> Bool {
        dispatchPrecondition(condition: .onQueue(.main))
        let started = MonotonicTime.now
        failure.onReport { [pipeline] in pipeline.stop() }
        let control = listen(sockets)
        if sleeps { letSleep() }
        pipeline.start()
        manager?.begin(pipeline.prove)
        if let view { show(in: view) }
        pipeline.wait()
        manager?.end()
        control?.stop()
        stats?.finish()
        log.finish()
        if let error = failure.first { throw error }
        logSummary(seconds: MonotonicTime.now.milliseconds(since: started) / 1000)
        return !watch.hasLost
    }

    private func letSleep() {
        cameras.idle.begin(isBusy: isKeeping) { [pipeline, cameras, manager, logger] isAsleep in
            manager?.say(isAsleep ? "asleep until an app looks" : "awake")
            if isAsleep {
                // Whoever looks next has not asked for it.
                if cameras.idle.hasBeenWatched { pipeline.showRealFace(false) }
                pipeline.fallAsleep { cameras.show(.starting) }
                logger.notice("asleep until an app looks")
            } else {
                pipeline.wake()
                logger.notice("awake")
            }
        }
    }

    /// Until the run ends or the display is gone.
    private func show(in view: WindowView) {
        while !pipeline.wait(milliseconds: 0) {
            view.update(
                clock.reading, pipeline.counts, quality: pipeline.qualitySummary, isMirrored: desk.isAvatarMirrored,
                recordedSeconds: pipeline.recorder.seconds,
                strip: strip
            ) { command in
                if case .refused(let reason) = desk.obey(command) { desk.tell(reason, isWarning: true) }
            }
            if let loss = view.loss {
                view.output.lose()
                watch.lost(loss)
                return
            }
        }
        view.close()
    }

    /// What a strip of the window has in it.
    private func strip(_ strip: WindowStrip, isNew: Bool) -> (thumbnails: [WindowThumbnail], chosen: Int)? {
        switch strip {
        case .avatars: return pipeline.avatars.choice.map { (thumbnails(of: $0.list), $0.current) }
        case .cameras:
            guard let picker else {
                if isNew { desk.tell("no camera drives: only a camera can be exchanged", isWarning: true) }
                return nil
            }
            if isNew { picker.look() }
            return picker.thumbnails(driver: lastReport.value?.frame)
        }
    }

    /// A run that cannot be asked by other programs is a run all the same.
    private func listen(_ sockets: ControlSocket) -> ControlServer? {
        do throws(PuppetError) {
            return try ControlServer(sockets, handle: desk.obey)
        } catch {
            logger.debug("puppet ctl will not find this run: \(error)")
            return nil
        }
    }

    /// - Parameter seconds: that the run took; what it slept of them says nothing about its speed.
    private func logSummary(seconds: Double) {
        let asleep = cameras.idle.secondsAsleep
        let seconds = max(seconds - asleep, 0.001)
        let counts = pipeline.counts
        let drops = DropCause.allCases.compactMap { cause in
            counts.dropped[cause].flatMap { $0 > 0 ? "\($0) \(cause.summary)" : nil }
        }
        let steps = zip(QualityStep.ladder, counts.atStep).filter { $0.1 > 0 }.map { "\($1) \($0.name)" }
        logger.notice(
            """
            \(counts.read) frames in \(tenths(seconds)) s\(asleep > 0 ? " awake" : "") (\(tenths(Double(counts.read) / seconds)) fps in, \
            \(tenths(Double(counts.rendered) / seconds)) out), dropped: \
            \(drops.isEmpty ? "none" : drops.joined(separator: ", ")); quality: \
            \(steps.isEmpty ? "none" : steps.joined(separator: ", ")), \(counts.shownAgain) shown again
            """)
        for output in pipeline.outputSummaries where output.counts.all > 0 {
            let latency = [50.0, 95, 99].map { "p\(Int($0)) \(tenths(output.latency.percentile($0)))" }
            let recorded = output.recorded.map { "; \($0.summary)" } ?? ""
            logger.notice(
                "\(output.name): \(output.counts.summary), latency \(latency.joined(separator: ", ")) ms\(recorded)")
        }
    }
}

extension DropCause {
    /// For people, after a number of frames.
    fileprivate var summary: String {
        switch self {
        case .rateCap: "over --fps"
        case .processorBudget: "over --cpu-budget"
        case .detect: "replaced by a newer one"
        case .generate: "replaced after detection"
        }
    }
}

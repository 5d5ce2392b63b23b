import Assets
import Dispatch
import Display
import Driving
import FOMMCore
import Flow
import Frames
import System

/// The window of a live run: shows the driver and the avatar, turns keys into commands, says how it goes.
///
/// Main thread, but for ``output`` and ``feed``.
final class WindowView {
    private let window: Window
    private var scene = WindowScene()
    private var shownAvatar: Avatar?
    private var infoWritten = MonotonicTime.now
    /// Frames that had been read when the information was written last.
    private var framesReadThen = 0
    private var showedInfo = false
    /// What has been said about the last calibration.
    private var notice: WindowNotice?
    /// The name of the avatar that was switched to.
    private var avatarName: WindowNotice?
    /// What came of the last command, where there is something to say.
    private var answer: WindowNotice?
    /// The strip that was shown last.
    private var lastStrip: WindowStrip?
    private var stripAsked = MonotonicTime.now
    /// Whether the user has asked for help once: then nobody has to be told of the key.
    private var knowsHelp = false

    /// Pictures for this window come through here.
    let output = WindowOutput()
    /// And everything else.
    let feed = WindowFeed()

    typealias Strip = (_ strip: WindowStrip, _ isNew: Bool) -> (thumbnails: [WindowThumbnail], chosen: Int)?

    /// - Throws: ``WindowError`` where there is no display.
    init(_ panes: WindowPanes) throws {
        scene.view.panes = panes
        window = try Window(
            title: "puppet", size: panes.defaultSize, panes: panes, icon: Self.icon, fontBytes: EmbeddedAssets.font)
    }

    /// One turn of the main loop: waits a moment for a picture, shows it, hands over what the user did.
    ///
    /// - Parameters:
    ///   - reading, counts: for the information panel, asked when it is due.
    ///   - isMirrored: whether the avatar is shown as in a mirror.
    ///   - recordedSeconds: `nil` where nothing is recorded.
    ///   - strip: what a strip has in it, and which of that is in use; asked while the strip is shown, and told whether it
    ///     was opened just now. `nil` is nothing.
    ///   - handle: called for every command, before this returns.
    func update(
        _ reading: @autoclosure () -> StageClock.Reading, _ counts: @autoclosure () -> LiveCounts,
        quality: @autoclosure () -> String, isMirrored: Bool, recordedSeconds: Int?,
        strip: Strip, _ handle: (LiveCommand) -> Void
    ) {
        let picture = output.take(within: Self.pollInterval)
        let now = MonotonicTime.now
        scene.isAvatarMirrored = isMirrored
        scene.recordedSeconds = recordedSeconds
        takeEvent(now)
        if let words = feed.words.take() { answer = WindowNotice(words, at: now, seconds: words.isWarning ? 6 : 3) }
        let report = feed.reports.take()
        if let report { describe(report, now) }
        if infoIsDue(now) { writeInfo(reading(), counts(), quality(), now) }
        if let picture {
            scene.avatar = picture.frame
            scene.isRealFaceShown = picture.content == .realFace
        }
        let changes = feed.takeChanges()
        for change in changes { apply(change) }
        if picture != nil || report != nil || !changes.isEmpty { present(strip) }
        if let picture { output.ledger.took(picture) }
        window.pollEvents { event in
            switch event {
            case .quit: handle(.quit)
            case .view(let change):
                apply(change)
                present(strip)
            case .command(let command): handle(LiveCommand(command, previewIsMirrored: scene.view.isPreviewMirrored))
            }
        }
    }

    /// Why nothing is shown any more: the display is gone.
    var loss: WindowError? { window.loss }

    func close() { window.close() }

    private func apply(_ change: ViewChange) {
        scene.view.apply(change)
        if change == .toggleHelp { knowsHelp = true }
    }

    private func present(_ strip: Strip) {
        let (wanted, now) = (scene.view.strip, MonotonicTime.now)
        let isNew = wanted != lastStrip
        if isNew || (wanted != nil && now.milliseconds(since: stripAsked) >= Self.stripInterval) {
            let content = wanted.flatMap { strip($0, isNew) }
            (scene.thumbnails, scene.chosenThumbnail) = content ?? ([], 0)
            (lastStrip, stripAsked) = (wanted, now)
        }
        window.present(scene)
    }

    private func takeEvent(_ now: MonotonicTime) {
        switch feed.events.take() {
        case .calibrated(_, let score, let avatar, let isImprovement)?:
            if isImprovement { scene.flashed = now }
            notice = WindowNotice(WindowMessage(score.summary), of: avatar, at: now)
        case .noFaceToCalibrate?:
            notice = WindowNotice(
                WindowMessage("no calm face in view: press X to try again", isWarning: true), at: now)
        case .recalled?:
            notice = WindowNotice(WindowMessage("calibrated as last time; X: calibrate anew"), at: now)
        case .cameraChanged?, .faceLost?, .faceBack?, .faceFound?, .notRecalled?, .realFace?, nil: break
        }
    }

    private func describe(_ report: TrackingReport, _ now: MonotonicTime) {
        scene.preview = report.frame
        scene.avatarSquare = report.isPassthrough ? nil : report.avatar.surroundings?.square
        scene.isCalibrated = report.initial != nil
        if scene.view.showsKeypoints {
            scene.driverKeypoints = report.keypoints.values
            scene.calibrationKeypoints = report.initial?.values ?? []
            scene.avatarKeypoints = report.avatarKeypoints.values
        }
        if shownAvatar !== report.avatar { switched(to: report.avatar, now) }
        scene.countdown = nil
        switch report.calibration {
        case .countdown(let seconds):
            scene.countdown = seconds
            scene.previewMessage = WindowMessage("sit as the avatar does")
        case .collecting: scene.previewMessage = WindowMessage("hold still")
        case .missing: scene.previewMessage = WindowMessage("sit as the avatar does, then press X")
        case .done:
            scene.previewMessage =
                report.framing.map { WindowMessage($0.rawValue, isWarning: true) }
                ?? notice?.message(beside: report.avatar, at: now)
        }
        scene.avatarMessage =
            report.isLost
            ? WindowMessage("nobody in view", isWarning: true)
            : answer?.message(beside: report.avatar, at: now) ?? avatarName?.message(beside: report.avatar, at: now)
        if scene.avatarMessage == nil, !knowsHelp { scene.avatarMessage = WindowMessage("H: help") }
        if scene.view.panes == .avatar, !report.isLost {
            scene.avatarMessage =
                scene.countdown.map { WindowMessage("calibrating in \($0) s") } ?? scene.previewMessage
                ?? scene.avatarMessage
        }
    }

    private func switched(to avatar: Avatar, _ now: MonotonicTime) {
        let name = avatar.shortName
        scene.view.stripScroll = 0
        if shownAvatar != nil { avatarName = WindowNotice(WindowMessage(name), of: avatar, at: now, seconds: 2) }
        shownAvatar = avatar
        scene.ghost = avatar.picture
        scene.title = "puppet: \(name)"
    }

    /// Twice a second: faster than that nobody reads.
    private func infoIsDue(_ now: MonotonicTime) -> Bool {
        defer { showedInfo = scene.view.showsInfo }
        return scene.view.showsInfo && (!showedInfo || now.milliseconds(since: infoWritten) >= 500)
    }

    private func writeInfo(
        _ reading: StageClock.Reading, _ counts: LiveCounts, _ quality: String, _ now: MonotonicTime
    ) {
        let seconds = max(1e-3, now.milliseconds(since: infoWritten) / 1000)
        scene.info =
            WindowInfo(
                reading, counts, quality: quality, framesInPerSecond: Double(counts.read - framesReadThen) / seconds,
                output.ledger.latency
            ).text
        (infoWritten, framesReadThen) = (now, counts.read)
    }

    /// The bundled portrait, as small as desktops show it.
    private static var icon: PixelBuffer? {
        guard let portrait = try? EmbeddedAssets.portrait() else { return nil }
        let fit = SquareFit(from: portrait.size, side: 64)
        return PixelBuffer(size: FrameSize(square: 64)) { fit(portrait, into: $0) }
    }

    /// Milliseconds between two looks at what a strip has in it.
    private static let stripInterval = 200.0

    /// Milliseconds after which keys are looked at even if no picture came.
    private static let pollInterval = 10
}

extension Keypoints {
    fileprivate var values: [SIMD2<Float>] { (0..<count).map { self[value: $0] } }
}

extension LiveCommand {
    /// What a key of the window asks of the run.
    fileprivate init(_ command: WindowCommand, previewIsMirrored: Bool) {
        self =
            switch command {
            case .selectAvatar(let index): .showAvatar(.index(index))
            case .previousAvatar: .showAvatar(.previous)
            case .nextAvatar: .showAvatar(.next)
            case .randomAvatar: .showAvatar(.random)
            case .reloadAvatars: .reloadAvatars
            case .togglePassthrough: .passthrough(nil)
            case .zoom(let steps): .zoom(Double(steps) / Self.fineStepsPerStep)
            // To where the user sees it go.
            case .shiftCrop(let x, let y): .shiftCrop(x: previewIsMirrored ? -x : x, y: y)
            case .resetCrop: .resetCrop
            case .calibrate: .calibrate
            case .toggleBestFrame: .toggleCalibrationSearch
            case .toggleOutputMirror: .toggleMirror
            case .keepPicture: .keepPicture
            case .toggleRecording: .record(nil)
            case .nextFace: .showFace(nil)
            case .selectCamera(let index): .chooseCamera(.index(index))
            case .openAvatar(let path): .openAvatar(path: path)
            }
    }

    private static let fineStepsPerStep = 5.0
}

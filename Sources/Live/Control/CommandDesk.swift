import Display
import Driving
import Foundation
import Logging
import Synchronization
import System

/// Does what the user asks of a live run, by whichever way it was asked. Any queue.
final class CommandDesk: Sendable {
    private let pipeline: LivePipeline
    private let cameras: VirtualCameras
    private let logger: Logger
    private let lastReport: LatestReport
    private let isMirrored: Atomic<Bool>
    private let feed: WindowFeed?
    /// `nil` where no camera drives.
    private let picker: CameraPicker?
    private let kept: KeptFolders
    /// Names that were given to what is kept.
    private let given = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - feed: of the window, where there is one.
    ///   - picker: of cameras, where one drives.
    ///   - isMirrored: whether the window shows the avatar as in a mirror.
    ///   - kept: the folders for what the user keeps.
    init(
        _ pipeline: LivePipeline, _ cameras: VirtualCameras, _ lastReport: LatestReport, _ feed: WindowFeed?,
        _ picker: CameraPicker? = nil, isMirrored: Bool, kept: KeptFolders, _ logger: Logger
    ) {
        self.feed = feed
        self.picker = picker
        self.kept = kept
        self.pipeline = pipeline
        self.cameras = cameras
        self.lastReport = lastReport
        self.logger = logger
        self.isMirrored = Atomic(isMirrored)
    }

    /// Whether the window shows the avatar as in a mirror.
    var isAvatarMirrored: Bool { isMirrored.load(ordering: .relaxed) }

    /// Begins what is asked for, and does not wait for its end.
    func obey(_ command: LiveCommand) -> CommandAnswer {
        if case .status = command {} else { cameras.idle.stir() }
        switch command {
        case .quit: pipeline.stop()
        case .calibrate: pipeline.calibrate()
        case .toggleCalibrationSearch:
            pipeline.toggleCalibrationSearch { [logger] isOn in
                logger.notice("\(isOn ? "better poses calibrate anew" : "the calibration stays as it is")")
            }
        case .showAvatar(let step):
            if let reason = objection(to: step) { return .refused(reason) }
            pipeline.showAvatar(step, onFailure: keepAvatar)
        case .showFace(let number):
            tell("looking for the picture's other faces")
            pipeline.showFace(number, onFailure: keepAvatar)
        case .chooseCamera(let step): return chooseCamera(step)
        case .openAvatar(let path):
            switch try? FileKind(path: path) {
            case .regular?, .folder?: pipeline.openAvatar(path, onFailure: keepAvatar)
            case .missing?, nil: return .refused("open \(path): there is no such file or folder")
            case .special?, .disk?: return .refused("open \(path): it is no picture and no folder")
            }
        case .reloadAvatars:
            pipeline.reloadAvatars { [self] result in
                switch result {
                case .success(let count): tell(count == 1 ? "1 avatar" : "\(count) avatars")
                case .failure(let error): tell("keeping the avatars: \(error)", isWarning: true)
                }
            }
        case .passthrough(let isOn):
            guard !pipeline.realFace.isLocked || isOn == false else {
                return .refused("passthrough: this run was started with --never-passthrough")
            }
            pipeline.showRealFace(isOn)
        case .zoom(let steps): pipeline.zoom(steps)
        case .shiftCrop(let x, let y): pipeline.shiftCrop(x: x, y: y)
        case .resetCrop: pipeline.resetCrop()
        case .toggleMirror:
            let mirrored = !isAvatarMirrored
            isMirrored.store(mirrored, ordering: .relaxed)
            cameras.setMirrored(mirrored)
        case .quality(let choice): pipeline.setQuality(choice)
        case .gain(let part, let gain):
            pipeline.setGain(part, gain) { [logger] isNamed in
                if !isNamed { logger.warning("\(part): the model does not say which of its keypoints that is") }
            }
        case .keepPicture: return keepPicture()
        case .record(let isOn): return record(isOn ?? !pipeline.recorder.isOn)
        case .view(let change):
            guard let feed else { return .refused("there is no window") }
            feed.change(change)
        case .status(let isJSON): return .done(isJSON ? status.json : status.text)
        }
        return .done()
    }

    /// Tells whoever looks at the terminal, and at the window.
    func tell(_ text: String, short: String? = nil, isWarning: Bool = false) {
        if isWarning { logger.warning("\(text)") } else { logger.notice("\(text)") }
        _ = feed?.words.post(WindowMessage(short ?? text, isWarning: isWarning))
    }

    private func chooseCamera(_ step: CameraStep) -> CommandAnswer {
        guard let picker else { return .refused("no camera drives: only a camera can be exchanged for another") }
        do throws(PuppetError) {
            return .done(try picker.choose(step))
        } catch {
            return .refused("\(error)")
        }
    }

    private func keepAvatar(_ error: any Error) { tell("keeping the avatar: \(error)", isWarning: true) }

    /// - Returns: `nil` where there is such an avatar.
    private func objection(to step: AvatarStep) -> String? {
        switch step {
        case .index(let index):
            guard let count = pipeline.avatarCount, index >= count else { return nil }
            return "avatar \(index + 1): there \(count == 1 ? "is only 1" : "are only \(count)")"
        case .named(let name):
            do throws(PuppetError) {
                _ = try pipeline.avatarIndex(of: name)
                return nil
            } catch {
                return "\(error)"
            }
        case .next, .previous, .random: return nil
        }
    }

    private func keepPicture() -> CommandAnswer {
        let path = newName(in: kept.pictures, "png")
        pipeline.keepPicture(at: path) { [self] error in
            if let error {
                tell("no picture is kept: \(error)", isWarning: true)
            } else {
                tell("kept in \(path)", short: "kept: \(path.split(separator: "/").last!)")
            }
        }
        return .done(path)
    }

    /// Of a file in one of the user's folders, which is made where it is missing.
    private func newName(in folder: String, _ ending: String) -> String {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return given.withLock { given in
            let path = KeptFile.path(in: folder, ending, besides: given)
            given.insert(path)
            return path
        }
    }

    private func record(_ isOn: Bool) -> CommandAnswer {
        let recorder = pipeline.recorder
        guard isOn else {
            guard recorder.isOn else { return .refused("nothing is being recorded") }
            recorder.stop()
            return .done()
        }
        guard !recorder.isOn else { return .refused("it is being recorded already") }
        let path = newName(in: kept.videos, recorder.ending)
        for leftover in Leftovers.beside(path) {
            tell("\(leftover): a run that was cut off recorded this; rename it to keep it, or remove it")
        }
        recorder.start(path) { [self] result in
            switch result {
            case .success(let done):
                let name = done.path.split(separator: "/").last!
                tell("recorded in \(done.path): \(done.length.summary)", short: "recorded: \(name)")
            case .failure(let error): tell("the recording ended: \(error)", isWarning: true)
            }
        }
        return .done(path)
    }

    private var status: RunStatus {
        RunStatus(
            pipeline.counts, pipeline.outputSummaries.map { ($0.name, $0.latency) }, quality: pipeline.qualitySummary,
            lastReport.value, showsRealFace: pipeline.realFace.isOpen, recordedSeconds: pipeline.recorder.seconds,
            isAsleep: cameras.idle.isAsleep, sound: cameras.sound?.reading)
    }
}

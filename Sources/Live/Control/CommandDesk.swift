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
    /// The folder for pictures that are kept.
    private let pictures: String

    /// - Parameters:
    ///   - isMirrored: whether the window shows the avatar as in a mirror.
    ///   - pictures: the folder for those that are kept.
    init(
        _ pipeline: LivePipeline, _ cameras: VirtualCameras, _ lastReport: LatestReport, isMirrored: Bool,
        pictures: String, _ logger: Logger
    ) {
        self.pictures = pictures
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
        switch command {
        case .quit: pipeline.stop()
        case .calibrate: pipeline.calibrate()
        case .toggleCalibrationSearch:
            pipeline.toggleCalibrationSearch { [logger] isOn in
                logger.notice("\(isOn ? "better poses calibrate anew" : "the calibration stays as it is")")
            }
        case .showAvatar(let step):
            if case .index(let index) = step, let count = pipeline.avatarCount, index >= count {
                return .refused("avatar \(index + 1): there \(count == 1 ? "is only 1" : "are only \(count)")")
            }
            if case .named(let name) = step {
                do throws(PuppetError) {
                    _ = try pipeline.avatarIndex(of: name)
                } catch {
                    return .refused("\(error)")
                }
            }
            pipeline.showAvatar(step) { [logger] error in logger.warning("keeping the avatar: \(error)") }
        case .reloadAvatars:
            pipeline.reloadAvatars { [logger] result in
                switch result {
                case .success(let count): logger.notice("\(count) avatars")
                case .failure(let error): logger.warning("keeping the avatars: \(error)")
                }
            }
        case .passthrough(let isOn): pipeline.showRealFace(isOn)
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
        case .keepPicture:
            let path = Snapshots.path(in: pictures)
            pipeline.keepPicture(at: path) { [logger] error in
                if let error {
                    logger.warning("no picture is kept: \(error)")
                } else {
                    logger.notice("kept in \(path)")
                }
            }
            return .done(path)
        case .status: return .done(status)
        }
        return .done()
    }

    private var status: String {
        let counts = pipeline.counts
        var parts = ["\(counts.read) frames in", "\(counts.rendered) out"]
        for output in pipeline.outputSummaries where output.latency.count > 0 {
            parts.append("\(output.name) \(output.latency.percentile(50)) ms")
        }
        parts.append("quality \(pipeline.qualitySummary)")
        if let report = lastReport.value {
            parts.append("calibration \(report.calibration.word)")
            parts.append("confidence \(report.confidence.rounded(toPlaces: 2))")
            if report.isPassthrough { parts.append("REAL FACE SHOWN") }
            parts.append("avatar \(report.avatar.name)")
        }
        return parts.joined(separator: ", ")
    }
}

extension TrackingReport.Calibration {
    fileprivate var word: String {
        switch self {
        case .missing: "missing"
        case .countdown(let seconds): "in \(seconds) s"
        case .collecting: "under way"
        case .done: "done"
        }
    }
}

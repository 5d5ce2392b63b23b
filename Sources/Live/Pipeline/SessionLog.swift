import Dispatch
import Driving
import FOMMCore
import Flow
import Foundation
import Logging

/// Tells the user what happened in the detecting stage, keeps calibrations, and remembers what the window and
/// `puppet ctl status` show. Any queue; what is written to disk is written on a queue of its own.
final class SessionLog: Sendable {
    private let logger: Logger
    /// Belongs to the queue.
    private let keeper: QueueBound<CalibrationKeeper>
    private let model: FOMMModel
    private let queue = DispatchQueue(label: "puppet.calibrations", qos: .utility)

    init(_ logger: Logger, _ keeper: CalibrationKeeper, _ model: FOMMModel) {
        self.logger = logger
        self.keeper = QueueBound(keeper, on: queue)
        self.model = model
    }

    @Sendable func note(_ event: TrackingEvent) {
        queue.async { [self] in
            switch event {
            case .calibrated(let initial, let score, let avatar, _):
                logger.notice("\(score.summary)")
                do {
                    if let path = try keeper.withState({ try $0.keep(initial, score, avatar, model) }) {
                        logger.debug("calibration kept in \(path)")
                    }
                } catch {
                    logger.warning("the calibration is not kept for the next run: \(error)")
                }
            case .recalled(let profile):
                let day = profile.created.formatted(.iso8601.year().month().day())
                logger.notice("calibrated as on \(day); sit as you did then, or press X")
            case .notRecalled(let error): logger.warning("\(error)")
            case .noFaceToCalibrate:
                logger.warning("no calm face was in view: the calibration stays as it was")
            case .cameraChanged(let path):
                let camera = DrivingSource.identity(ofCamera: path)
                keeper.withState { $0 = $0.moved(to: camera) }
            case .faceFound(let square): logger.debug("looking at \(square)")
            case .realFace(true):
                logger.warning("YOUR REAL FACE IS BEING SENT; key 0 or puppet ctl passthrough off ends it")
            case .realFace(false): logger.notice("the avatar is sent again")
            case .faceLost: logger.notice("nobody is in view")
            case .faceBack: logger.notice("a face is in view again")
            }
        }
    }

    @Sendable func note(_ avatar: Avatar) {
        if let notice = avatar.view.notice(about: avatar.name) { logger.notice("\(notice)") }
    }

    /// Returns when everything that was noted has been told and kept.
    func finish() { queue.sync {} }
}

import FOMMCore
import Foundation
import System

/// `--calibration`: where a run's calibration comes from, and where those that it makes are kept.
package struct CalibrationKeeper: Sendable {
    package enum Place: Sendable, Equatable {
        case nowhere
        /// In the user's data folder, by camera, avatar and model.
        case store(CalibrationStore)
        /// One file for whatever camera and avatar, and one model.
        case file(String)
    }

    private let place: Place
    private let camera: String

    /// - Parameter camera: what it keeps across restarts and sockets.
    package init(_ place: Place, camera: String) {
        self.place = place
        self.camera = camera
    }

    /// The same for another camera.
    package func moved(to camera: String) -> CalibrationKeeper { CalibrationKeeper(place, camera: camera) }

    /// Whether nobody asked for the very file: one that is of no use is then no reason not to run.
    package var isAutomatic: Bool { if case .store = place { true } else { false } }

    /// - Returns: what was kept for the avatar; `nil` where there is nothing yet.
    /// - Throws: ``PuppetError`` `.noCalibration` for a file that is of no use.
    package func profile(for avatar: Avatar, _ model: FOMMModel) throws(PuppetError) -> CalibrationProfile? {
        switch place {
        case .nowhere: return nil
        case .store(let store): return try store.profile(for: subject(avatar, model), model)
        case .file(let path):
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try CalibrationProfile(path: path, for: model)
        }
    }

    /// Before anything is calibrated: whether it could be kept without harm.
    ///
    /// - Throws: ``PuppetError`` `.alreadyThere` where a file is there that is no calibration.
    package func checkPlace() throws(PuppetError) {
        guard case .file(let path) = place, (try? FileKind(path: path)) != .missing,
            !CalibrationProfile.isOne(path)
        else { return }
        throw PuppetError(
            .alreadyThere, path, "is there already, and no calibration", hint: "give another name for it")
    }

    /// - Returns: where it is kept now; `nil` for ``Place/nowhere``.
    /// - Throws: as ``checkPlace()``; an error of the file system.
    package func keep(_ initial: DrivingInitial, _ score: CalibrationScore, _ avatar: Avatar, _ model: FOMMModel) throws
        -> String?
    {
        let profile = CalibrationProfile(
            initial, score: score.value, subject: subject(avatar, model), created: Date())
        switch place {
        case .nowhere: return nil
        case .store(let store):
            try store.keep(profile)
            return store.path(for: profile.subject)
        case .file(let path):
            try checkPlace()
            try profile.write(to: path)
            return path
        }
    }

    private func subject(_ avatar: Avatar, _ model: FOMMModel) -> CalibrationSubject {
        CalibrationSubject(camera: camera, avatar: avatar.fingerprint, model: model.fingerprint)
    }
}

import FOMMCore
import Foundation
import System

/// Where calibrations are kept: a file in the user's data folder for each camera, avatar and model.
package struct CalibrationStore: Sendable, Equatable {
    /// `$XDG_DATA_HOME/puppet/calibrations`.
    package let folder: String

    /// - Parameter environment: of the process; `XDG_DATA_HOME` and `HOME` are read.
    package init(environment: [String: String]) { folder = dataFolder(environment) + "/calibrations" }

    /// The file of one subject: letters of the camera's name, so that a person finds it, and digits, so that no other
    /// subject has it.
    package func path(for subject: CalibrationSubject) -> String {
        let letters = subject.camera.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let digits = [UInt8]("\(subject.camera)\n\(subject.avatar)\n\(subject.model)".utf8).withUnsafeBytes {
            MappedFile(name: "", borrowing: $0).fingerprint
        }
        return "\(folder)/\(String(letters.suffix(40)))-\(digits).json"
    }

    /// - Returns: what was kept for `subject`; `nil` where there is nothing.
    /// - Throws: ``PuppetError`` `.noCalibration` for a file that is of no use.
    package func profile(for subject: CalibrationSubject, _ model: FOMMModel) throws(PuppetError) -> CalibrationProfile?
    {
        let path = path(for: subject)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try CalibrationProfile(path: path, for: model)
    }

    /// - Throws: ``PuppetError`` `.noCalibration` where the folder cannot be made, ``FrameError`` where the file cannot be
    ///   written.
    package func keep(_ profile: CalibrationProfile) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            let reason = error.localizedDescription.trimmingCharacters(in: ["."])
            throw PuppetError(
                .noCalibration, folder, "cannot be made: \(reason)",
                hint: "check its permissions, or set XDG_DATA_HOME to a folder of yours")
        }
        try profile.write(to: path(for: profile.subject))
    }
}

import ArgumentParser
import Driving
import Foundation

/// How the neutral pose is taken, and where the calibration is kept.
struct PoseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Seconds from asking to calibrate until it counts, 0 to 60. (default: 3; puppet calibrate gives recorded video \
            none)
            """, valueName: "seconds"))
    var countdown: Double?

    @Option(
        help: ArgumentHelp(
            """
            Calibration to use, and where to keep a new one: last (that of this camera, avatar and model), none, or a \
            file. (default: last for cameras, none otherwise)
            """, valueName: "last|none|file"),
        completion: .file())
    var calibration: String?

    func validate() throws {
        if let countdown, !(0...60).contains(countdown) {
            throw ValidationError("--countdown \(countdown): expected 0 to 60 seconds.")
        }
    }

    /// Where a calibration is kept, if that was chosen.
    var file: String? { calibration.flatMap { ["none", "last"].contains($0) ? nil : $0 } }

    func keeper(for driving: DrivingSource) -> CalibrationKeeper {
        let environment = ProcessInfo.processInfo.environment
        let place: CalibrationKeeper.Place =
            switch calibration ?? (driving.isCamera ? "last" : "none") {
            case "none": .nowhere
            case "last": .store(CalibrationStore(environment: environment))
            case let path: .file(path)
            }
        return CalibrationKeeper(place, camera: driving.identity)
    }
}

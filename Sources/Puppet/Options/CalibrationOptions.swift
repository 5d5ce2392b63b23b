import ArgumentParser
import FOMMCore
import Foundation
import PuppetKit

/// How the neutral pose is found and kept.
struct CalibrationOptions: ParsableArguments {
    /// How a run begins that has no calibration yet.
    enum Way: String, CaseIterable, ExpressibleByArgument {
        case countdown, auto, first
    }

    @Option(
        help: ArgumentHelp(
            """
            How to find the neutral pose: countdown (get ready, then hold still), auto (at once, and better ones for ten \
            seconds), first (the first frame). (default: countdown for cameras, first otherwise)
            """))
    var calibrate: Way?

    @Option(help: ArgumentHelp("Seconds from asking to calibrate until it counts, 0 to 60.", valueName: "seconds"))
    var countdown = 3.0

    @Option(
        help: ArgumentHelp(
            """
            Calibration to use, and where to keep a new one: last (that of this camera, avatar and model), none, or a \
            file. (default: last for cameras, none otherwise)
            """, valueName: "last|none|file"))
    var calibration: String?

    func validate() throws {
        guard (0...60).contains(countdown) else {
            throw ValidationError("--countdown \(countdown): expected 0 to 60 seconds.")
        }
    }

    func plan(for driving: DrivingSource) -> CalibrationPlan {
        var plan = CalibrationPlan()
        plan.countdown = countdown
        plan.start =
            switch calibrate ?? (driving.isCamera ? .countdown : .first) {
            case .countdown: .countdown
            case .auto: .automatic
            case .first: .firstFrame
            }
        return plan
    }

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

import ArgumentParser
import Driving

/// How a live run gets its neutral pose.
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

    @OptionGroup var pose: PoseOptions

    func plan(for driving: DrivingSource) -> CalibrationPlan {
        var plan = CalibrationPlan()
        plan.countdown = pose.countdown ?? plan.countdown
        plan.start =
            switch calibrate ?? (driving.isCamera ? .countdown : .first) {
            case .countdown: .countdown
            case .auto: .automatic
            case .first: .firstFrame
            }
        return plan
    }
}

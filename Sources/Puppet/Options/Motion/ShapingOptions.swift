import ArgumentParser
import Driving
import Motion

/// What becomes of the driver's motion on its way to the avatar, live.
struct ShapingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How much trembling is smoothed away, 0 (not at all) to 1.", valueName: "0...1"))
    var smoothing = KeypointFilter.defaultStrength

    @Option(help: ArgumentHelp("How much of the motion the avatar takes over, 0 to 2.", valueName: "0...2"))
    var motionGain = 1.0

    @Option(help: ArgumentHelp("The same for turning and shifting the head alone.", valueName: "0...2"))
    var headGain = 1.0

    @Option(help: ArgumentHelp("The same for mouth, eyes and whatever the head does not explain.", valueName: "0...2"))
    var expressionGain = 1.0

    @Flag(help: "Send your REAL face instead of the avatar until key 0 is pressed. The window says so in red.")
    var passthrough = false

    @Flag(help: "Never send your real face in this run: key 0, puppet ctl and --passthrough are refused.")
    var neverPassthrough = false

    func validate() throws {
        guard (0...1).contains(smoothing) else { throw ValidationError("--smoothing \(smoothing): expected 0 to 1.") }
        guard !(passthrough && neverPassthrough) else {
            throw ValidationError("--passthrough: --never-passthrough excludes it.")
        }
        try checkGains([("motion", motionGain), ("head", headGain), ("expression", expressionGain)])
    }

    func settings(
        _ mode: RelativeMotion.Mode, _ calibration: CalibrationPlan, _ onLost: LostFacePolicy
    ) -> TrackerSettings {
        var settings = TrackerSettings()
        settings.mode = mode
        settings.smoothing = smoothing
        settings.gains = MotionGains(motion: motionGain, head: headGain, expression: expressionGain)
        settings.onLost = onLost
        settings.calibration = calibration
        settings.realFace = neverPassthrough ? .never : passthrough ? .atFirst : .onRequest
        return settings
    }
}

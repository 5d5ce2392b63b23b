import ArgumentParser
import Driving
import Live
import Synchronization
import System

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract:
            "Takes your neutral pose without a window, and keeps it for later runs with the same camera and avatar.",
        discussion: """
            Sit as the portrait does and hold still until the score is printed. A later puppet --camera SRC --avatar FACE \
            begins with it; for the test camera and recorded video say --calibration last here and there.
            """)

    @ParentCommand var puppet: Puppet

    @OptionGroup var cast: CastOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup(title: "Calibration") var pose: PoseOptions

    @OptionGroup var form: ReportOptions

    mutating func run() throws {
        let interruption = Interruption()
        let whoDrives = cast.driveByWebcam()
        let inputs = try Inputs(cast, engine, precision: .float32, puppet.logger)
        if let whoDrives { puppet.logger.notice("\(whoDrives)") }
        var settings = CalibrationRun.Settings()
        settings.crop = try cast.crop(
            for: inputs.driving, animatesFaces: inputs.model.configuration.animatesFaces)
        settings.countdown = pose.countdown ?? (inputs.driving.isCamera ? settings.countdown : 0)
        settings.threads = engine.compute.threads
        let countdown = Countdown(isQuiet: puppet.quiet)
        let result = try withExtendedLifetime(interruption) {
            defer { countdown.finish() }
            return try CalibrationRun(
                inputs.model, avatars: inputs.avatars, driving: inputs.driving,
                keeper: pose.keeper(for: inputs.driving), settings: settings, onProgress: countdown.show
            ).run()
        }
        try form.show(result)
    }
}

/// Tells whoever is in front of the camera when it counts, on one line of a terminal second by second, once elsewhere; then how
/// many good frames there are. Any queue.
private final class Countdown: Sendable {
    private struct Shown {
        var seconds: Int?
        let bar: ProgressMeter
    }

    private let shown: Mutex<Shown>
    private let isQuiet: Bool

    /// - Parameter isQuiet: whether nobody wants to know.
    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        shown = Mutex(Shown(bar: ProgressMeter(.frames, "hold still:", isQuiet: isQuiet)))
    }

    func show(_ calibration: TrackingReport.Calibration) {
        shown.withLock { shown in
            switch calibration {
            case .countdown(let seconds) where seconds != shown.seconds && !isQuiet:
                let line = "puppet: calibrating in \(seconds) s"
                if StandardError.isTerminal {
                    StandardError.rewrite(line)
                } else if shown.seconds == nil {
                    StandardError.write(line)
                }
                shown.seconds = seconds
            case .collecting(let frames, let wanted): shown.bar.update(frames, of: wanted)
            case .missing, .countdown, .done: break
            }
        }
    }

    /// Clears the line, so that what comes next starts on a fresh one.
    func finish() {
        if StandardError.isTerminal { StandardError.rewrite("") }
    }
}

import ArgumentParser
import Display
import Foundation
import Live
import System

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract:
            "Moves the avatar live, at the driving video's own rate. This is what puppet does without a subcommand.",
        discussion: "Keys in the window:\n" + WindowKey.help.joined(separator: "\n"))

    @ParentCommand var puppet: Puppet

    @OptionGroup var motion: MotionOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup(title: "Calibration") var calibration: CalibrationOptions
    @OptionGroup(title: "Live motion") var shaping: ShapingOptions
    @OptionGroup(title: "Latency") var pace: PaceOptions
    @OptionGroup(title: "Window") var window: WindowOptions
    @OptionGroup(title: "Virtual cameras") var virtualCamera: VirtualCameraOptions

    @Option(
        help: ArgumentHelp(
            "Where to: window, pipewire or pipewire:NAME (a camera for call apps), a v4l2loopback device (/dev/video10), a .y4m file, -, a folder, another video file, an address that ffmpeg sends to (rtmp, udp, tcp or srt), or null. Repeatable. (default: window, where there is a display, and pipewire, where it runs)",
            valueName: "sink"), completion: .file())
    var output: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help:
            "Begin a clip that drives again when it has ended. (default: where a window is among the outputs, and all others are virtual cameras)"
    )
    var loop: Bool?

    @OptionGroup var overwriting: OverwriteOptions

    private var outputs: [String] {
        output.isEmpty ? UsualOutputs.all(ProcessInfo.processInfo.environment) : output
    }

    func validate() throws {
        try checkOutputs(
            output, others: [("--stats", motion.stats), ("--calibration", calibration.pose.file)],
            inputs: motion.cast.inputs + [("--model", engine.model)],
            allowingWindow: true)
        _ = try virtualCamera.sleeps(outputs, ends: motion.frames != nil)
        try virtualCamera.check(outputs)
    }

    mutating func run() throws {
        let logger = puppet.logger
        let interruption = Interruption()
        let whoDrives = motion.cast.driveByWebcam()
        let outputs = outputs  // whether PipeWire runs may change meanwhile
        try overwriting.check(outputs, files: [motion.stats])
        let environment = ProcessInfo.processInfo.environment
        let kept = KeptFolders(environment: environment)
        noteLeftovers(of: outputs, in: kept.videos, logger)
        if output.isEmpty, outputs.contains(where: VirtualCameras.isOne) {
            logger.notice(
                """
                call apps find the camera '\(PipeWireDevice.usualName)' of PipeWire, browsers where that is switched on (puppet \
                doctor); --output window for none
                """)
        }
        // Where no file was asked for, stopping before the first picture leaves nothing undone.
        let writesFiles =
            motion.stats != nil
            || !outputs.allSatisfy { ["window", "null"].contains($0) || VirtualCameras.isOne($0) }
        if !writesFiles { interruption.leaveQuietly() }
        let cameras = try VirtualCameras(
            outputs,
            settings: virtualCamera.settings(
                repeatRate: pace.latency.repeatRate, isMirrored: window.mirror.contains(.camera)),
            delaying: virtualCamera.delayedMicrophone, logger)
        let inputs = try Inputs(motion.cast, engine, precision: .auto, buffers: pace.latency.cameraBuffers, logger)
        if loop == true, !inputs.driving.canRewind {
            throw PuppetError(
                .cannotRewind, inputs.driving.name, "is no clip that could begin again (--loop)",
                hint: "name a file or a folder of pictures")
        }
        let session = try LiveSession(
            inputs.model, avatars: inputs.avatars, driving: inputs.driving, settings: try settings(inputs, outputs),
            outputs: outputs, cameras: cameras, window: window.appearance, stats: motion.stats,
            searchPath: Environment.searchPath, kept: kept,
            manager: ServiceManager(environment: environment),
            logger: logger)
        interruption.onRequest { [stop = session.stop, isKeeping = session.isKeeping] in
            let loses = writesFiles || isKeeping()
            stop()
            // Nothing is lost then, and whoever asks wants the camera's lamp to go out.
            if !loses { interruption.leaveQuietly(after: 250) }
        }
        if let whoDrives { logger.notice("\(whoDrives)") }
        let isComplete = try session.run(ControlSocket(environment: environment))
        if !isComplete { throw ExitCode.failure }
    }

    private func settings(_ inputs: Inputs, _ outputs: [String]) throws -> LivePipeline.Settings {
        let (driving, model) = (inputs.driving, inputs.model)
        let animatesFaces = model.configuration.animatesFaces
        var settings = LivePipeline.Settings()
        settings.tracker = shaping.settings(
            motion.mode(for: model), calibration.plan(for: driving), motion.onLost(for: model, usual: .neutral))
        settings.tracker.face = try motion.face.settings(for: model)
        settings.calibrationFrame = motion.calibrationFrame
        settings.crop = try motion.cast.crop(for: driving, animatesFaces: animatesFaces)
        settings.keeper = calibration.pose.keeper(for: driving)
        settings.threads = engine.compute.threads
        settings.frames = motion.frames
        settings.sleeps = try virtualCamera.sleeps(outputs, ends: motion.frames != nil)
        settings.loops =
            loop ?? (outputs.contains("window") && outputs.allSatisfy { $0 == "window" || VirtualCameras.isOne($0) })
        settings.keepsSound = motion.keepsAudio
        settings.latency = pace.latency
        settings.drop = pace.drop
        settings.quality = pace.quality
        settings.rateCap = driving.isPaced ? motion.cast.fps : nil
        settings.processorBudget = pace.cpuBudget
        return settings
    }
}

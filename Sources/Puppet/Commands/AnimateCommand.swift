import ArgumentParser
import Dispatch
import Driving
import Live
import System

struct AnimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "animate",
        abstract: "Makes a video of the avatar: every driving frame, none dropped, the same bytes every time.",
        discussion: """
            Motion is relative to the first driving frame that shows a face, its scale adapted to the avatar; pictures that already have \
            the network's size are not resampled. The test camera plays its script of 12 seconds once.
            """)

    @ParentCommand var puppet: Puppet

    @OptionGroup var motion: MotionOptions
    @OptionGroup var engine: EngineOptions

    @Option(
        help: ArgumentHelp(
            "Where to: a .y4m file, -, a folder, another video file, or null. Repeatable.", valueName: "sink"),
        completion: .file())
    var output: [String]

    @Option(
        help: ArgumentHelp(
            "Work that goes into a picture, 0 to 1; below 1 pictures are made faster and come out a little different.",
            valueName: "0...1"),
        transform: parseFixedQuality)
    var quality = QualityChoice.fixed(1)

    @Option(
        help: ArgumentHelp("Also write a PNG that shows driving frames above what became of them.", valueName: "file"),
        completion: .file())
    var contactSheet: String?

    @OptionGroup var overwriting: OverwriteOptions

    func validate() throws {
        if motion.onLost == .card {
            throw ValidationError("--on-lost card: only a virtual camera has a card; say hold, neutral or follow.")
        }
        if quality == .auto {
            throw ValidationError("--quality auto: animate has all the time it needs; say a number from 0 to 1.")
        }
        try checkOutputs(
            output, others: [("--contact-sheet", contactSheet), ("--stats", motion.stats)],
            inputs: motion.cast.inputs + [("--model", engine.model)], allowingWindow: false)
        if isDevice(motion.cast.driving), motion.frames == nil {
            throw ValidationError("--driving \(motion.cast.driving): a camera has no last frame; say --frames N.")
        }
    }

    private var step: QualityStep {
        if case .fixed(let quality) = quality { .nearest(to: quality) } else { .exact }
    }

    func run() throws {
        let logger = puppet.logger
        try overwriting.check(output, files: [contactSheet, motion.stats])
        noteLeftovers(of: output, logger)
        let interruption = Interruption()
        let inputs = try Inputs(motion.cast, engine, precision: .float32, logger)
        let withoutFace = motion.onLost ?? .follow
        let stats = try motion.stats.map { try StatsFile(path: $0) }
        let search = ProgressMeter(.frames, "looking through it", isQuiet: puppet.quiet)
        let bar = ProgressMeter(.frames, "animating", isQuiet: puppet.quiet)
        do {
            let animator = try Animator(
                inputs.model, threads: engine.compute.threads, mode: motion.mode(for: inputs.model),
                face: motion.face.settings(for: inputs.model),
                calibration: motion.calibrationFrame,
                crop: motion.cast.crop(
                    for: inputs.driving, animatesFaces: inputs.model.configuration.animatesFaces),
                onLost: motion.onLost(for: inputs.model, usual: .hold), withoutFace: withoutFace, step: step)
            let length = try animator.run(
                inputs.avatars, driving: inputs.driving, frames: motion.frames, keepsSound: motion.keepsAudio,
                makeOutputs: { form in
                    let outputs = try AnimationOutputs(form, contactSheet: contactSheet, stats: stats) {
                        try FileSinks(output, form, searchPath: Environment.searchPath).all
                    }
                    keepWhatIsDone(outputs, of: inputs.driving.name, at: interruption)
                    return outputs
                },
                onAvatar: { avatar in
                    if let notice = avatar.view.notice(about: avatar.name) { logger.notice("\(notice)") }
                },
                onLook: search.update,
                onSurvey: { survey in
                    search.finish()
                    let notice = survey.notice(about: inputs.driving.name, follows: withoutFace == .follow)
                    if let notice { logger.notice("\(notice)") }
                },
                onShortfall: { logger.warning("\(inputs.driving.name): \($0)") },
                progress: { bar.update($0.framesDone, of: $0.framesInAll) })
            bar.finish()
            for name in output where !["-", "null"].contains(name) { logger.notice("\(name): \(length.summary)") }
        } catch let error as PuppetError where error.code == .interrupted {
            Interruption.waitForEnd()
        } catch {
            stats?.cancel()
            search.finish()
            bar.finish()
            throw error
        }
    }

    /// Ctrl-C does not wait for the driver, or for what is being computed.
    private func keepWhatIsDone(_ outputs: AnimationOutputs, of driver: String, at interruption: Interruption) {
        let names = output.filter { !["-", "null"].contains($0) }.joined(separator: ", ")
        interruption.onRequest {
            DispatchQueue(label: "puppet.keep").async {  // so that a second request is heard meanwhile
                do {
                    switch try outputs.keep(patience: 2000) {
                    case .ending: break
                    case .nothing: Interruption.leave()
                    case .kept(let length):
                        let (done, all) = (length.frames, outputs.form.frames)
                        let part = all.map { "\(done) of \($0) frames" } ?? (done == 1 ? "1 frame" : "\(done) frames")
                        Interruption.leave(
                            saying: "\(driver): interrupted after \(part)" + (names.isEmpty ? "" : "; kept in \(names)")
                        )
                    }
                } catch {
                    Interruption.leave(saying: "\(error)")
                }
            }
        }
    }
}

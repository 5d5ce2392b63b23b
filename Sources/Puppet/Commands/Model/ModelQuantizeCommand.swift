import ArgumentParser
import Driving
import FOMMCore
import Foundation
import Frames
import Models
import System

struct ModelQuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract:
            "Finds a model's int8 scales on driving clips, says how good int8 is, and stores both with the model.",
        discussion: """
            Give clips in which people look around and talk, and portraits like those you will show. --precision auto \
            takes int8 where the lowest PSNR against float32 is \(Int(PrecisionChoice.qualityBar)) dB or more. What \
            would move keypoints by more than a tenth of a pixel stays float32.
            """)

    @ParentCommand var puppet: Puppet

    @Option(
        help: ArgumentHelp(
            "A .safetensors model, or the name of one in the user's data folder. Default: the one in the program.",
            valueName: "model"), completion: .file())
    var model: String?

    @Option(
        help: ArgumentHelp("Portrait, or a folder of them. Default: the bundled one.", valueName: "face"),
        completion: .file())
    var avatar: String?

    @Option(
        name: [.customLong("driving"), .customLong("camera")],
        help: ArgumentHelp(
            "Who drives: a video, a folder of pictures, or test. May be given several times.", valueName: "src"),
        completion: .file())
    var driving: [String]

    @Option(help: "Where to write the model. Default: in place of the one that was read.")
    var output: String?

    @Option(help: "Pictures of each portrait and clip at most, spread over the clip.")
    var frames = 100

    @OptionGroup var overwriting: OverwriteOptions

    @OptionGroup var compute: ComputeOptions

    @OptionGroup var form: ReportOptions

    func validate() throws {
        // The model itself gets its scales.
        try checkOutputs(
            [], others: [("--output", output)], inputs: [("--avatar", avatar)] + driving.map { ("--driving", $0) },
            allowingWindow: false)
        guard (1...1000).contains(frames) else { throw ValidationError("--frames \(frames): expected 1 to 1000.") }
        guard compute.instructionSet.hasInt8 else {
            throw ValidationError("quantize: \(compute.instructionSet) has no int8 kernels.")
        }
        guard compute.precision == nil else {
            throw ValidationError("--precision: quantize compares int8 with float32; it takes no choice.")
        }
        if output == nil, model == nil {
            throw ValidationError(
                "quantize: the model in the program cannot be written; name another with --model, or a file with --output."
            )
        }
    }

    func run() throws {
        let file = try ModelLocation(environment: ProcessInfo.processInfo.environment).openModel(model)
        let path = output ?? file.name
        // The model itself gets its scales; any other file would be lost.
        if let output, FileIdentity(path: output) != FileIdentity(path: file.name) {
            try overwriting.check([], files: [output])
        }
        let quantiser = try Quantiser(
            file, instructionSets: compute.isa == "auto" ? Quantiser.everyKind : [compute.instructionSet],
            threads: compute.threads)
        let clips = driving.map {
            DrivingSource(
                $0, rate: nil, size: FrameSize(square: FOMMModel.defaultFrameSize), searchPath: Environment.searchPath)
        }
        let interruption = Interruption()
        let bar = ProgressMeter(.frames, "measuring", isQuiet: puppet.quiet)
        let result = try withExtendedLifetime(interruption) {
            defer { bar.finish() }
            return try quantiser.run(
                AvatarList(avatar, AvatarFraming(), Environment.imageTools), driving: clips, frames: frames
            ) {
                bar.update($0.framesDone, of: $0.framesInAll)
            }
        }
        try quantiser.write(result, to: path)
        print(form.json ? try result.report.json() : result.report.table + "\nwritten to \(path.printable)")
    }
}

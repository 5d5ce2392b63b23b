import ArgumentParser
import Bench
import Driving
import FOMMCore
import Frames

/// What `puppet bench --quality` looks at.
struct QualityBenchOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: """
            Measure what every step of --quality saves, and how near its pictures are to the best, on a driving video; of \
            the default model unless --only or --model says otherwise.
            """)
    var quality = false

    @Option(
        help: ArgumentHelp(
            "For --quality: a video, a folder of pictures, or test. (default: test)", valueName: "src"),
        completion: .file())
    var driving: String?

    @Option(
        help: ArgumentHelp("For --quality: the portrait. Default: the bundled one.", valueName: "face"),
        completion: .file())
    var avatar: String?

    @Option(help: "For --quality: frames of the driving video, at most. (default: 300)")
    var frames: Int?

    func validate() throws {
        if let frames, !(1...100_000).contains(frames) {
            throw ValidationError("--frames \(frames): expected 1 to 100000.")
        }
        if !quality, driving != nil || avatar != nil || frames != nil {
            throw ValidationError("--driving, --avatar and --frames: for --quality; the others bring their own.")
        }
    }

    /// - Parameter progress: told how many frames are done, of how many.
    func measure(
        _ subject: Bench.Subject, _ compute: BenchCompute, _ progress: (Int, Int) -> Void
    ) throws -> QualityBench.Report {
        let bench = QualityBench(compute, frames: frames ?? 300)
        let source = DrivingSource(
            driving ?? "test", rate: nil, size: FrameSize(square: FOMMModel.defaultFrameSize),
            searchPath: Environment.searchPath)
        return try bench.run(
            subject, avatar: AvatarList(avatar, AvatarFraming(), Environment.imageTools), driving: source, progress)
    }
}

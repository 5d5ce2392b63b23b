import ArgumentParser
import Bench
import System

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures what a frame costs on this computer, per stage.",
        discussion: """
            Two models: the default one, and random weights in the architecture of the published checkpoints; or the one \
            that --model names. The avatar is encoded beforehand, as in a call. Close other programs first, and compare \
            only figures of one run.
            """)

    /// A model that puppet brings itself.
    enum OwnModel: String, CaseIterable, ExpressibleByArgument {
        case `default`, published

        var subject: Bench.Subject { self == .default ? .default : .published }
    }

    @ParentCommand var puppet: Puppet

    @OptionGroup var engine: EngineOptions

    @Option(help: "Measure only this model: default or published.")
    var only: OwnModel?

    @Option(help: "Frames to time per model.")
    var runs = 30

    @Flag(
        inversion: .prefixedNo,
        help: """
            Measure how old pictures are when an output gets them instead: every --latency, and a plain loop, in turns.
            """)
    var latency = false

    @Flag(
        inversion: .prefixedNo, help: "Measure every layer of the networks instead, and what the cores can do at most.")
    var layers = false

    @OptionGroup var steps: QualityBenchOptions

    @Option(help: ArgumentHelp("Length of a turn of --latency; there are three each.", valueName: "seconds"))
    var seconds = 10.0

    @OptionGroup var form: ReportOptions

    func validate() throws {
        guard (1...100_000).contains(runs) else { throw ValidationError("--runs \(runs): expected 1 to 100000.") }
        guard [latency, layers, steps.quality].filter({ $0 }).count <= 1 else {
            throw ValidationError("Measure --latency, --layers or --quality, one at a time.")
        }
        guard (0.5...3600).contains(seconds) else {
            throw ValidationError("--seconds \(seconds): expected 0.5 to 3600.")
        }
        if only != nil, engine.model != nil {
            throw ValidationError("--only and --model: name one model.")
        }
        if steps.quality, engine.size != nil {
            throw ValidationError("--quality: measures a model at its own size; no --size.")
        }
        if latency, only != nil || engine.model != nil || engine.size != nil {
            throw ValidationError("--latency: measures the default model at its own size; no --model, --size, --only.")
        }
    }

    func run() throws {
        let compute = BenchCompute(
            threads: engine.compute.threads, instructionSet: engine.compute.instructionSet,
            precision: engine.compute.precision ?? .auto, int8Gain: ComputeOptions.gains.gain)
        let bar = ProgressMeter(latency ? .turns : .frames, "measuring", isQuiet: puppet.quiet)
        let progress: (Int, Int) -> Void = { bar.update($0, of: $1) }
        /// What `measure` finds, printed once the bar is gone.
        func show<Report: PrintableReport>(_ measure: () throws -> Report) throws {
            let report = Result { try measure() }
            bar.finish()
            try form.show(report.get())
        }
        if latency { return try show { try LatencyBench(compute, seconds: seconds, rounds: 3).run(progress) } }
        if steps.quality {
            let subject = only == nil && engine.model == nil ? .default : try subjects()[0]
            return try show { try steps.measure(subject, compute, progress) }
        }
        let bench = Bench(compute, frameSize: engine.size, runs: runs)
        if layers { return try show { try engine.explainingSize { try bench.layers(subjects(), progress) } } }
        try show { try engine.explainingSize { try bench.run(subjects(), progress) } }
    }

    private func subjects() throws -> [Bench.Subject] {
        if let name = engine.model {
            let file = try engine.openModel()
            return [Bench.Subject(name: name) { file }]
        }
        return (only.map { [$0] } ?? OwnModel.allCases).map { $0.subject }
    }
}

import ArgumentParser
import PuppetKit

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures what a frame costs on this computer, per stage.",
        discussion: """
            Two models: the default one, and random weights in the architecture of the published checkpoints. The avatar \
            is encoded beforehand, as in a call. Close other programs first, and compare only figures of one run.
            """)

    @OptionGroup var compute: ComputeOptions

    @Option(help: "Measure only this model: default or published.")
    var only: Bench.Subject?

    @Option(help: "Frames to time per model.")
    var runs = 30

    @Flag(
        help: """
            Measure how old pictures are when an output gets them instead: every --latency, and a plain loop, in turns.
            """)
    var latency = false

    @Option(help: ArgumentHelp("Length of a turn of --latency; there are three each.", valueName: "seconds"))
    var seconds = 10.0

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(runs) else { throw ValidationError("--runs \(runs): expected 1 to 100000.") }
        guard (0.5...3600).contains(seconds) else {
            throw ValidationError("--seconds \(seconds): expected 0.5 to 3600.")
        }
    }

    func run() throws {
        if latency {
            let bench = LatencyBench(
                threads: compute.threads, instructionSet: compute.instructionSet, seconds: seconds, rounds: 3)
            let report = try bench.run()
            return print(json ? try report.json() : report.table)
        }
        let bench = Bench(threads: compute.threads, instructionSet: compute.instructionSet, runs: runs)
        let report = try bench.run(only.map { [$0] } ?? Bench.Subject.allCases)
        print(json ? try report.json() : report.table)
    }
}

extension Bench.Subject: ExpressibleByArgument {}

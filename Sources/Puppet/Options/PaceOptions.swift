import ArgumentParser
import Driving
import Live

/// How young pictures are to be, and what that may cost.
struct PaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            low: one frame under way, all threads on it, so that pictures are as young as can be. balanced: the next frame \
            is looked at while the one before is still being made, just in time. smooth: most pictures a second, each of \
            them older.
            """))
    var latency = LatencyMode.low

    @Option(
        help: ArgumentHelp(
            "Percent of the processor, all cores together, that puppet may use; it makes fewer pictures then.",
            valueName: "percent"))
    var cpuBudget: Int?

    @Option(
        help: ArgumentHelp(
            """
            Work that goes into a picture: 1 computes everything, less leaves out what is seen least, down to 0; auto \
            leaves out as little as --fps and --cpu-budget leave room for. docs/quality.md has the steps.
            """, valueName: "auto|0...1"),
        transform: parseQuality)
    var quality = QualityChoice.auto

    @Option(
        help: ArgumentHelp(
            """
            stale: what comes faster than it can be computed is left out, so that what you see is now. never: everything \
            is computed, however late; the source waits.
            """))
    var drop = DropPolicy.stale

    func validate() throws {
        if let cpuBudget, !(1...100).contains(cpuBudget) {
            throw ValidationError("--cpu-budget \(cpuBudget): expected 1 to 100 percent.")
        }
    }
}

extension LatencyMode: ExpressibleByArgument {}
extension DropPolicy: ExpressibleByArgument {}

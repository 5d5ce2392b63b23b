import ArgumentParser
import System

/// How a command prints what it found.
struct ReportOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    func show(_ report: some PrintableReport) throws { StandardOutput.write(json ? try report.json() : report.table) }
}

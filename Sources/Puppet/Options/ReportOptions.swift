import ArgumentParser
import System

/// How a command prints what it found.
struct ReportOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    func show(_ report: some PrintableReport) throws { print(json ? try report.json() : report.table) }
}

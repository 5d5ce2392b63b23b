import ArgumentParser
import Doctor
import Foundation
import System

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tells why a call app would not see the puppet, or why it is slow, and what to do.",
        discussion: """
            A line for each check: ok, note (worth knowing) or problem (there, but cannot work as it is), then what was \
            found and what to do. Changes nothing. Exit code 1 where there is a problem.
            """)

    @OptionGroup var form: ReportOptions

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let doctor = Doctor(.live(environment: environment, searchPath: Environment.searchPath))
        let report = doctor.examine(settings: try ConfigCommand.problem)
        try form.show(report)
        guard report.problems == 0 else {
            throw PuppetError(
                .unwell, "doctor", report.problems == 1 ? "found a problem" : "found \(report.problems) problems",
                hint: "do what their lines above end with")
        }
    }
}

import ArgumentParser

struct ServiceStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says whether the camera runs, and its last words.",
        discussion: "Exit code as systemctl's: 0 where it runs.")

    func run() throws {
        let status = try ServiceCommand.control(["--no-pager", "status"])
        if status != 0 { throw ExitCode(Int32(status)) }
    }
}

import ArgumentParser
import System

struct ServiceDisableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Ends the camera, now and for the next logins.")

    func run() throws {
        guard try ServiceCommand.control(["disable", "--now"]) == 0 else {
            throw PuppetError(.unwell, "service", "the camera could not be ended", hint: "see the lines above")
        }
    }
}

import ArgumentParser
import System

struct ServiceEnableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Starts the camera, now and at every login.")

    func run() throws {
        guard try ServiceCommand.control(["enable", "--now"]) == 0 else {
            throw PuppetError(
                .unwell, "service", "the camera could not be started",
                hint: "see the lines above; journalctl --user -u puppet says more")
        }
        StandardError.write("puppet: call apps find the camera 'puppet' from now on")
    }
}

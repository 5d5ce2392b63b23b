import ArgumentParser
import Foundation
import System

struct ServiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Has a camera in the background from login on, which sleeps until an app looks.",
        discussion: """
            It is the systemd user unit puppet.service, which comes with 'make install' and the package; 'puppet config' says \
            what it shows, 'puppet ctl' reaches it.
            """,
        subcommands: [ServiceEnableCommand.self, ServiceDisableCommand.self, ServiceStatusCommand.self])

    /// Has the user's systemd do something with the unit.
    ///
    /// - Parameter words: as systemctl takes them, but for the unit.
    /// - Returns: systemctl's exit code.
    /// - Throws: ``PuppetError`` `.unwell` where there is no systemd, or none for this user.
    static func control(_ words: [String]) throws(PuppetError) -> Int {
        let instead = "have your session start: puppet run --output pipewire"
        guard ChildProcess.find("systemctl", searchPath: Environment.searchPath) != nil else {
            throw PuppetError(
                .unwell, "service", "there is no systemd here", hint: instead)
        }
        let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? ""
        guard SocketAddress.isListening("\(runtime)/systemd/private") else {
            throw PuppetError(
                .unwell, "service", "systemd does not run for this user",
                hint: "log in (not by su or sudo), or \(instead)")
        }
        return try HandedOver.run(["systemctl", "--user"] + words + ["puppet.service"])
    }
}

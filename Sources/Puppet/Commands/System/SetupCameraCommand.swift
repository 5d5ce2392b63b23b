import ArgumentParser
import Doctor
import Foundation
import Glibc
import System

struct SetupCameraCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camera",
        abstract: "Loads v4l2loopback as call apps need it, now and after every start of the computer.",
        discussion: """
            Shows what it will do and asks; sudo or pkexec does it. Apps that ask PipeWire for cameras, as browsers can, find \
            puppet without it.
            """)

    @Flag(help: "Take back what this has done.")
    var undo = false

    @Flag(help: "Show what it would do, and do nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let system = DoctorSystem.live(environment: environment, searchPath: Environment.searchPath)
        let commands: [String]
        var done = "taken back"
        if undo {
            commands = CameraSetup.undoing(system)
            if commands.isEmpty { return StandardError.write("puppet: there is nothing to take back") }
        } else {
            let setup = try CameraSetup(system)
            commands = setup.commands
            done = "done: puppet --output \(setup.device)"
            if !setup.remark.isEmpty { StandardError.write("puppet: \(setup.remark)") }
            if commands.isEmpty {
                return StandardError.write(
                    "puppet: there is nothing to do: \(setup.device) is there, and comes at every start")
            }
        }
        StandardError.write("puppet: as root, this will be done:")
        print(commands.joined(separator: "\n"))
        if dryRun { return }
        guard yes || Self.isAgreed else {
            throw PuppetError(.interrupted, "setup camera", "nothing was done", hint: "say --yes, or y when asked")
        }
        let root = try Self.root(environment)
        let status = try HandedOver.run(root + ["/bin/sh", "-ec", commands.joined(separator: "\n")])
        guard status == 0 else {
            throw PuppetError(
                .unwell, "setup camera", "it ended with \(status), which the lines above explain",
                hint: undo ? "close what uses the camera, and say it again" : "puppet setup camera --undo takes it back"
            )
        }
        StandardError.write("puppet: \(done)")
    }

    private static var isAgreed: Bool {
        guard StandardError.isTerminal, isatty(STDIN_FILENO) == 1 else { return false }
        StandardError.ask("puppet: go on? (y/N) ")
        return readLine()?.lowercased().hasPrefix("y") == true
    }

    /// What makes a command root's.
    private static func root(_ environment: [String: String]) throws(PuppetError) -> [String] {
        guard geteuid() != 0 else { return [] }
        let hasDisplay = environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil
        let ways = isatty(STDIN_FILENO) == 1 || !hasDisplay ? ["sudo", "pkexec"] : ["pkexec", "sudo"]
        guard let way = ways.compactMap({ ChildProcess.find($0, searchPath: Environment.searchPath) }).first else {
            throw PuppetError(
                .unwell, "setup camera", "there is neither sudo nor pkexec", hint: "do the lines above as root")
        }
        return [way]
    }
}

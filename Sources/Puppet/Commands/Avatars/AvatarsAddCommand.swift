import ArgumentParser
import Driving

struct AvatarsAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Keeps copies of pictures.",
        discussion: "'puppet check' says how good avatars they make.")

    @Argument(help: ArgumentHelp("Pictures.", valueName: "face"), completion: .file())
    var faces: [String]

    @Option(help: "What to call the picture; its file's name without one.")
    var name: String?

    @Flag(help: "Replace an avatar of that name.")
    var force = false

    func validate() throws {
        if name != nil, faces.count > 1 {
            throw ValidationError("--name: \(faces.count) pictures cannot have one name; add them one by one.")
        }
    }

    func run() throws {
        for face in faces {
            let path = try Environment.avatars.add(face, name: name, replaces: force, Environment.imageTools)
            StandardOutput.write(path)
        }
    }
}

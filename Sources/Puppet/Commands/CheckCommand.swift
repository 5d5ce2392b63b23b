import ArgumentParser
import Driving
import FOMMCore
import System

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says how good avatars pictures make: where the face is, and what is in its way.",
        discussion: """
            For each picture its size, what is cut out of it, and remarks with what to do about them. Exit code 1 where one \
            cannot be read.
            """)

    @ParentCommand var puppet: Puppet

    @Argument(
        help: ArgumentHelp("Pictures, folders of them, and - for one on standard input.", valueName: "face"),
        completion: .file())
    var faces: [String]

    @OptionGroup var framing: AvatarOptions
    @OptionGroup var form: ReportOptions

    @Option(
        help: ArgumentHelp(
            "Also write a PNG that shows each picture, what is cut out of it, and the keypoints found there.",
            valueName: "file"), completion: .file())
    var sheet: String?

    @OptionGroup var overwriting: OverwriteOptions

    func validate() throws {
        try checkOutputs(
            [], others: [("--sheet", sheet)], inputs: faces.map { ("FACE", $0) }, allowingWindow: false)
    }

    func run() throws {
        try overwriting.check([], files: [sheet])
        let check = try PortraitCheck(threads: ComputeCores.count)
        var (report, preview) = (PortraitReport(), PortraitSheet())
        let lists = try faces.map { try AvatarList($0, framing.choice, Environment.imageTools) }
        let count = lists.map(\.count).reduce(0, +)
        let bar = ProgressMeter(.pictures, "looking at", isQuiet: puppet.quiet || count == 1)
        defer { bar.finish() }
        var done = 0
        for list in lists {
            for index in 0..<list.count {
                defer {
                    done += 1
                    bar.update(done, of: count)
                }
                let name = list.name(index)
                do {
                    let (findings, row) = try check.examine(list.picture(index), name: name, framing.choice)
                    report.add(name, .success(findings))
                    preview.add(row)
                } catch {
                    report.add(name, .failure(error))
                }
            }
        }
        bar.finish()
        if let sheet {
            try preview.write(to: sheet)
            puppet.logger.notice("\(sheet): written")
        }
        try form.show(report)
        if let error = report.firstError { throw error }
    }
}

import ArgumentParser
import FOMMCore
import Foundation
import Frames
import PuppetKit

/// Who is moved, by whom, and how the two are matched.
struct MotionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Portrait to move: PNG or JPEG, or a folder of them. Default: a bundled one.", valueName: "face"))
    var avatar: String?

    @Option(
        name: [.customLong("camera"), .customLong("driving")],
        help: ArgumentHelp(
            "Who drives: a .y4m file, -, a folder of pictures, another video file, or test.", valueName: "src"))
    var driving = "test"

    @Flag(
        inversion: .prefixedNo, exclusivity: .exclusive,
        help: "Move relative to the calibration frame; without it, the avatar takes over the driver's very keypoints.")
    var relative = true

    @Flag(help: "The same as --no-relative.")
    var absolute = false

    @Flag(
        name: .customLong("adapt-scale"), inversion: .prefixedNo, exclusivity: .exclusive,
        help: "Scale relative motion by the faces' sizes.")
    var adaptScale = true

    @Option(
        help: ArgumentHelp(
            "Driving frame that shows the neutral pose: its number from 0, or best.", valueName: "n|best"),
        transform: { text in
            guard let choice = CalibrationChoice(argument: text) else {
                throw ValidationError("expected a number from 0, or best")
            }
            return choice
        })
    var calibrationFrame = CalibrationChoice.frame(0)

    @Option(
        help: "Frames per second: of the test camera and folders of pictures, and a new speed for other video.",
        transform: { text in
            guard let rate = FrameRate(argument: text) else {
                throw ValidationError("expected a number above 0 and up to 1000, such as 25, 29.97 or 30000/1001")
            }
            return rate
        })
    var fps: FrameRate?

    @Option(help: "Stop after so many driving frames.")
    var frames: Int?

    @Option(help: ArgumentHelp("Write times and drops of every frame there, a JSON object a line.", valueName: "file"))
    var stats: String?

    @Flag(name: .shortAndLong, help: "Say more about what happens.")
    var verbose = false

    func validate() throws {
        if let frames, frames < 1 { throw ValidationError("--frames \(frames): expected 1 or more.") }
        if stats == "-" { throw ValidationError("--stats -: standard output is for pictures; name a file.") }
    }

    var mode: RelativeMotion.Mode {
        relative && !absolute ? .relative(adaptScale: adaptScale) : .absolute
    }

    /// - Parameter side: of the test camera's frames.
    func drivingSource(side: Int) throws -> DrivingSource {
        try DrivingSource(driving, rate: fps, size: FrameSize(square: side), searchPath: Environment.searchPath)
    }
}

/// What the libraries are told of the process's environment.
enum Environment {
    static var searchPath: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }
}

extension CalibrationChoice {
    fileprivate init?(argument: String) {
        if argument == "best" {
            self = .best
        } else if let index = Int(argument), index >= 0 {
            self = .frame(index)
        } else {
            return nil
        }
    }
}

extension FrameRate {
    /// A whole number, a decimal such as 29.97, or a fraction such as 30000/1001; above 0, at most 1000.
    fileprivate init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        if parts.count == 2, let numerator = parts[0], let denominator = parts[1], numerator > 0, denominator > 0,
            numerator <= 1_000_000, numerator / 1000 <= denominator
        {
            self.init(numerator, over: denominator)
        } else if let rate = Double(argument), rate >= 0.001, rate <= 1000 {
            let whole = Int(rate)
            if Double(whole) == rate { self.init(whole) } else { self.init(Int((rate * 1000).rounded()), over: 1000) }
        } else {
            return nil
        }
    }
}

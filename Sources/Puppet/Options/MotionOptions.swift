import ArgumentParser
import FOMMCore
import Foundation
import Frames
import Logging
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
            "Who drives: a camera (/dev/video0), a .y4m file, -, a folder of pictures, another video file, or test.",
            valueName: "src"))
    var driving = "test"

    /// What the avatar takes over from the driver.
    enum Following: String, EnumerableFlag {
        case relative, absolute

        static func help(for value: Following) -> ArgumentHelp? {
            switch value {
            case .relative: "Move as the driver does since the calibration frame."
            case .absolute: "Take over the driver's very keypoints."
            }
        }
    }

    @Flag(exclusivity: .exclusive)
    var following = Following.relative

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
        help: ArgumentHelp(
            """
            What is looked at of the camera's picture: auto (finds your face when it calibrates), center, or a square in \
            pixels. (default: auto for cameras, center otherwise)
            """, valueName: "auto|center|x,y,size"),
        transform: { text in
            guard let crop = CropChoice(argument: text) else {
                throw ValidationError("expected auto, center, or X,Y,SIZE in pixels of the camera's picture")
            }
            return crop
        })
    var crop: CropChoice?

    @Option(
        help: """
            Frames per second: most that are computed of a camera's; of the test camera and folders of pictures; a new \
            speed for other video.
            """,
        transform: parseRate)
    var fps: FrameRate?

    @OptionGroup(title: "Camera") var camera: CameraOptions

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
        following == .relative ? .relative(adaptScale: adaptScale) : .absolute
    }

    /// - Parameters:
    ///   - side: of the test camera's frames.
    ///   - buffers: that a camera's driver is asked for.
    ///   - logger: told when a camera goes away and when it is back.
    func drivingSource(side: Int, buffers: Int, _ logger: Logger) -> DrivingSource {
        DrivingSource(
            driving, rate: fps, size: FrameSize(square: side), camera: camera.wishes(buffers: buffers),
            searchPath: Environment.searchPath, report: { logger.warning("\($0)") })
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

extension CropChoice {
    fileprivate init?(argument: String) {
        switch argument {
        case "auto": self = .auto
        case "center": self = .center
        default:
            let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 3, let x = numbers[0], let y = numbers[1], let side = numbers[2],
                (0...8192).contains(x), (0...8192).contains(y), (16...8192).contains(side)
            else { return nil }
            self = .square(x: x, y: y, side: side)
        }
    }
}

import ArgumentParser
import Driving
import FOMMCore
import Motion

/// Who is moved, by whom, and how the two are matched.
struct MotionOptions: ParsableArguments {
    @OptionGroup var cast: CastOptions
    @OptionGroup var face: FaceOptions

    /// What the avatar takes over from the driver.
    enum Following: String, EnumerableFlag {
        case relative, absolute

        static func help(for value: Following) -> ArgumentHelp? {
            switch value {
            case .relative:
                "Move as the driver does since the calibration frame. (default, unless the model says otherwise)"
            case .absolute: "Take over the driver's very keypoints."
            }
        }
    }

    /// `nil` leaves it to the model.
    @Flag(exclusivity: .exclusive)
    var following: Following?

    @Flag(
        name: .customLong("adapt-scale"), inversion: .prefixedNo, exclusivity: .exclusive,
        help: "Scale relative motion by the faces' sizes.")
    var adaptScale = true

    @Option(
        help: ArgumentHelp(
            "Driving frame that shows the neutral pose: its number from 0, or best.", valueName: "n|best"),
        transform: parsing("a number from 0, or best", CalibrationChoice.init(argument:)))
    var calibrationFrame = CalibrationChoice.frame(0)

    @Flag(
        name: .customLong("audio"), inversion: .prefixedNo, exclusivity: .exclusive,
        help: "Keep the driving file's sound in files that ffmpeg writes.")
    var keepsAudio = true

    @Option(help: "Stop after so many driving frames.")
    var frames: Int?

    @Option(help: ArgumentHelp("Write times and drops of every frame there, a JSON object a line.", valueName: "file"))
    var stats: String?

    func validate() throws {
        if let frames, frames < 1 { throw ValidationError("--frames \(frames): expected 1 or more.") }
        if following == .absolute, !face.isStandard {
            throw ValidationError(
                "--absolute: the driver's very keypoints have no parts; leave out \(FaceOptions.names).")
        }
        if stats == "-" { throw ValidationError("--stats -: standard output is for pictures; name a file.") }
    }

    /// How `model` is driven, where its training has a say if the user has not.
    func mode(for model: FOMMModel) -> RelativeMotion.Mode {
        let isRelative = following.map { $0 == .relative } ?? model.configuration.movesRelatively
        return isRelative ? .relative(adaptScale: adaptScale) : .absolute
    }
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

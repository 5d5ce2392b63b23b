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
        name: .customLong("calibration-frame"),
        help: ArgumentHelp(
            """
            Driving frame that shows the neutral pose: its number from 0, or best. (default: the first that shows a face)
            """, valueName: "n|best"),
        transform: parsing("a number from 0, or best", CalibrationChoice.init(argument:)))
    var chosenCalibrationFrame: CalibrationChoice?

    @Option(
        help: ArgumentHelp(
            """
            What the avatar does while nobody is in view: hold (stays), neutral (goes back to its picture), card (others \
            see a card; live), or follow (whatever the detector says). (default: neutral live, hold in animate; follow \
            with a model that animates something else than faces)
            """))
    var onLost: LostFacePolicy?

    @Flag(
        name: .customLong("audio"), inversion: .prefixedNo, exclusivity: .exclusive,
        help: "Keep the driving file's sound in files that ffmpeg writes.")
    var keepsAudio = true

    @Option(help: "Stop after so many driving frames.")
    var frames: Int?

    @Option(
        help: ArgumentHelp("Write times and drops of every frame there, a JSON object a line.", valueName: "file"),
        completion: .file())
    var stats: String?

    func validate() throws {
        if let frames, frames < 1 { throw ValidationError("--frames \(frames): expected 1 or more.") }
        if following == .absolute, !face.isStandard {
            throw ValidationError(
                "--absolute: the driver's very keypoints have no parts; leave out \(FaceOptions.names).")
        }
        if stats == "-" { throw ValidationError("--stats -: standard output is for pictures; name a file.") }
    }

    var calibrationFrame: CalibrationChoice { chosenCalibrationFrame ?? .firstFace }

    /// - Parameter usual: for faces.
    func onLost(for model: FOMMModel, usual: LostFacePolicy) -> LostFacePolicy {
        onLost ?? (model.configuration.animatesFaces ? usual : .follow)
    }

    /// How `model` is driven, where its training has a say if the user has not.
    func mode(for model: FOMMModel) -> RelativeMotion.Mode {
        let isRelative = following.map { $0 == .relative } ?? model.configuration.movesRelatively
        return isRelative ? .relative(adaptScale: adaptScale) : .absolute
    }
}

extension LostFacePolicy: ExpressibleByArgument {}

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

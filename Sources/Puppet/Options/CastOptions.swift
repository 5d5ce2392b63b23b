import ArgumentParser
import Driving
import Foundation
import Frames
import Logging

/// Who is moved, and by whom.
struct CastOptions: ParsableArguments {
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

    @Option(
        help: ArgumentHelp(
            """
            What is looked at of the camera's picture: auto (finds your face when it calibrates), center, or a square in \
            pixels. (default: auto for cameras, center otherwise)
            """, valueName: "auto|center|x,y,size"),
        transform: parsing(
            "auto, center, or X,Y,SIZE in pixels of the camera's picture", CropChoice.init(argument:)))
    var crop: CropChoice?

    @Option(
        help: """
            Frames per second: most that are computed of a camera's; of the test camera and folders of pictures; a new \
            speed for other video.
            """,
        transform: parseRate)
    var fps: FrameRate?

    @OptionGroup(title: "Camera") var camera: CameraOptions

    /// What is read, by option.
    var inputs: [(option: String, path: String?)] { [("--avatar", avatar), ("--driving", driving)] }

    /// What is looked at of `driving`'s picture.
    ///
    /// - Parameter animatesFaces: whether there is a face to look for.
    func crop(for driving: DrivingSource, animatesFaces: Bool) -> CropChoice {
        crop ?? (driving.isCamera && animatesFaces ? .auto : .center)
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

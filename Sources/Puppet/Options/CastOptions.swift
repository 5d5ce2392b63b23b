import ArgumentParser
import Capture
import Driving
import Foundation
import Frames
import Logging
import System

/// Who is moved, and by whom.
struct CastOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Portrait to move: a picture, a folder of them, or - for one on standard input. Default: those of 'puppet avatars', or a bundled one.",
            valueName: "face"), completion: .file())
    var avatar: String?

    @OptionGroup var avatarFraming: AvatarOptions

    @Flag(inversion: .prefixedNo, help: "Put the moving face back into the whole picture that it was taken from.")
    var paste = false

    @Option(
        name: [.customLong("camera"), .customLong("driving")],
        help: ArgumentHelp(
            """
            Who drives: a camera (/dev/video0, 0, or its name), a .y4m file, -, a folder of pictures, another video file, \
            or test. (default: live, the first webcam; otherwise, or where there is none, test)
            """,
            valueName: "src"), completion: .file())
    var chosenDriving: String?

    @Option(
        help: ArgumentHelp(
            """
            What is looked at of the driver's picture: auto (finds the face: of a camera when it calibrates), center, or a \
            square in pixels. (default: auto; center for video that comes in through a pipe, and for other things than \
            faces)
            """, valueName: "auto|center|x,y,size"),
        transform: parseCrop("the driver's picture"))
    var crop: CropChoice?

    @Option(
        help: """
            Frames per second: most that are computed of a camera's; of the test camera and folders of pictures; a new \
            speed for other video.
            """,
        transform: parseRate)
    var fps: FrameRate?

    @OptionGroup(title: "Camera") var camera: CameraOptions

    /// The path of what drives, where a camera was chosen by its number or name; files and folders come before names.
    var driving: String {
        let chosen = chosenDriving ?? Self.testCamera
        guard ![Self.testCamera, "-"].contains(chosen), (try? FileKind(path: chosen)) == .missing else { return chosen }
        return CameraList().path(named: chosen) ?? chosen
    }

    private static let testCamera = "test"

    /// Whoever sits before this computer drives, where nobody else was named.
    ///
    /// - Returns: to be said once the run begins: which camera that is, or that there is none; `nil` where somebody was named.
    mutating func driveByWebcam() -> String? {
        guard chosenDriving == nil else { return nil }
        let webcam = CameraChoice.usual(among: CameraChoice.all)
        chosenDriving = webcam?.path ?? Self.testCamera
        return webcam.map { "the camera '\($0.name)' (\($0.path)) drives; --camera names another" }
            ?? "there is no webcam: the built-in test camera drives; --camera names a camera or a video"
    }

    func validate() throws {
        if avatar == "-", driving == "-" {
            throw ValidationError("--avatar -: standard input is the driving video already; name a file.")
        }
    }

    /// What is taken of an avatar's picture, and whether the rest is shown around it.
    var framing: AvatarFraming {
        var framing = avatarFraming.choice
        framing.pastes = paste
        return framing
    }

    /// What is read, by option.
    var inputs: [(option: String, path: String?)] { [("--avatar", avatar), ("--driving", driving)] }

    /// What is looked at of `driving`'s picture.
    ///
    /// - Parameter animatesFaces: whether there is a face to look for.
    /// - Throws: ``PuppetError`` `.cannotRewind` where a face would have to be looked for in a pipe.
    func crop(for driving: DrivingSource, animatesFaces: Bool) throws(PuppetError) -> CropChoice {
        let canLook = driving.isCamera || driving.canRewind
        guard canLook || crop != .auto else {
            throw PuppetError(
                .cannotRewind, driving.name, "cannot be looked through for a face before it is used (--crop auto)",
                hint: "write it to a file first, or say --crop center or --crop X,Y,SIZE")
        }
        return crop ?? (canLook && animatesFaces ? .auto : .center)
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

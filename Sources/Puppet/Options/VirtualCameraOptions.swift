import ArgumentParser
import Display
import Frames

/// How the avatar looks to those in the call.
struct VirtualCameraOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Picture size of virtual cameras. (default: 640x480)", valueName: "width>x<height"),
        transform: parseSize)
    var vcamSize: FrameSize?

    @Option(help: ArgumentHelp("What fills a virtual camera's picture beside the avatar: blur, black or #RRGGBB."))
    var fill = "blur"

    func validate() throws {
        guard LoopbackFill(fill) != nil else {
            throw ValidationError("--fill \(fill): expected blur, black or a colour such as #203040.")
        }
        if let vcamSize, !vcamSize.width.isMultiple(of: 2) || !vcamSize.height.isMultiple(of: 2) {
            throw ValidationError("--vcam-size \(vcamSize): call apps need an even width and height.")
        }
    }

    /// - Parameters:
    ///   - repeatRate: repeats a second while no new picture comes, 15...60.
    ///   - isMirrored: whether others see the avatar as in a mirror.
    func settings(repeatRate: Int, isMirrored: Bool) -> LoopbackCamera.Settings {
        var settings = LoopbackCamera.Settings()
        settings.repeatRate = repeatRate
        settings.size = vcamSize ?? settings.size
        settings.fill = LoopbackFill(fill) ?? settings.fill
        settings.isMirrored = isMirrored
        settings.reopens = true
        return settings
    }
}

import ArgumentParser
import Driving

/// Which part of an avatar's picture is taken.
struct AvatarOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What is taken of an avatar's picture: auto (about the face), center, or a square in pixels.",
            valueName: "auto|center|x,y,size"),
        transform: parseCrop("the avatar's picture"))
    var avatarCrop = CropChoice.auto

    @Option(
        help: ArgumentHelp(
            "Which face of an avatar's picture, from the largest, which is 1, to the smallest.", valueName: "n"))
    var face = 1

    func validate() throws {
        guard face >= 1 else { throw ValidationError("--face \(face): faces are counted from 1.") }
        guard face == 1 || avatarCrop == .auto else {
            throw ValidationError("--face and --avatar-crop: say one of them; a square needs no face.")
        }
    }

    var choice: AvatarFraming { AvatarFraming(crop: avatarCrop, face: face) }
}

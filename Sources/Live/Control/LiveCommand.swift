import Display
import Driving
import Motion
import System

/// What the user asks of a live run, by a key of the window or by `puppet ctl`.
package enum LiveCommand: Sendable, Equatable {
    case quit
    case calibrate
    case toggleCalibrationSearch
    case showAvatar(AvatarStep)
    case reloadAvatars
    /// A picture that is none of the avatars yet, or a folder of them.
    case openAvatar(path: String)
    /// Another camera is to drive.
    case chooseCamera(CameraStep)
    /// Another face of the avatar's picture, from 1; `nil` is the next one.
    case showFace(Int?)
    /// Whether the driver's real face is sent; `nil` changes it.
    case passthrough(Bool?)
    /// Steps; above 0 the face gets larger.
    case zoom(Double)
    /// Pixels of the camera's picture.
    case shiftCrop(x: Int, y: Int)
    case resetCrop
    /// Others and the window see the avatar as in a mirror, or no longer.
    case toggleMirror
    /// How much work goes into a picture.
    case quality(QualityChoice)
    /// How much of what a part of the face does the avatar takes over, 0...2.
    case gain(FacePart, Double)
    /// The next picture becomes a file in the user's folder of pictures.
    case keepPicture
    /// Whether the run is recorded in the user's folder of videos; `nil` changes it.
    case record(Bool?)
    /// What the window shows.
    case view(ViewChange)
    /// A line about how the run goes; of JSON, or for people.
    case status(json: Bool)

    /// - Parameter words: as in ``ControlVerb/all``.
    /// - Throws: ``PuppetError`` `.badCommand`, which says what there is, or what the command takes.
    package init(words: [String]) throws(PuppetError) {
        let words = words.drop { $0.isEmpty }
        let name = words.first ?? ""
        guard let verb = ControlVerb.all.first(where: { $0.name == name }) else {
            let names = ControlVerb.all.map(\.name).joined(separator: ", ")
            throw PuppetError(.badCommand, name.isEmpty ? "nothing" : name, "is no command; there are \(names)")
        }
        // Only names of files may have two spaces in a row.
        let arguments = words.dropFirst().filter { verb.takesPath || !$0.isEmpty }
        guard let command = verb.command(arguments) else {
            throw PuppetError(.badCommand, words.joined(separator: " "), "takes \(verb.range)")
        }
        self = command
    }
}

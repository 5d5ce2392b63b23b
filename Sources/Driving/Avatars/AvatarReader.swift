import FOMMCore
import Frames
import System

/// Makes avatars of pictures: finds the face, cuts it out, and has the network look at it. One queue owns it.
package final class AvatarReader {
    private let detector: FrameDetector
    private let scales: [PictureScale]
    /// Made when a face is first looked for, unless it was given.
    private var scan: FaceScan?

    /// - Parameters:
    ///   - detector: finds the avatars' keypoints; shared with whoever made it, on the same queue.
    ///   - scales: sizes of picture that avatars are encoded for besides the full one.
    ///   - scan: of the same detector, where there is one already.
    package init(_ detector: FrameDetector, scales: [PictureScale] = [], scan: FaceScan? = nil) {
        self.detector = detector
        self.scan = scan
        self.scales = scales
    }

    /// - Parameters:
    ///   - name: the picture's file, or what it is called.
    ///   - faces: all that are in it, where that is known.
    /// - Throws: ``PuppetError`` `.badCrop` for a square outside the picture, `.noAvatar` where there are fewer faces.
    package func avatar(
        _ picture: PixelBuffer, name: String, _ framing: AvatarFraming, faces: [FoundFace]? = nil
    ) throws -> Avatar {
        var view = try self.view(of: picture, name: name, framing, faces: faces)
        var surroundings: Surroundings?
        if framing.pastes {
            let all = Surroundings(of: picture, about: view.square, motionSize: detector.model.motionSize)
            view = AvatarView(all.original, of: view.size, view.reason)
            surroundings = all
        }
        return Avatar(picture, name: name, detector, view: view, around: surroundings, scales: scales)
    }

    /// All faces of a picture, the largest first. Takes seconds where there is none.
    ///
    /// - Throws: ``PuppetError`` `.noAvatar` where there is no choice: one face at most, or the model animates other things.
    package func faces(in picture: PixelBuffer, name: String) throws -> [FoundFace] {
        guard detector.model.configuration.animatesFaces else {
            throw PuppetError(.noAvatar, name, "the model animates other things than faces")
        }
        let faces = try usualScan().faces(in: picture)
        guard faces.count > 1 else {
            throw PuppetError(.noAvatar, name, "\(faces.isEmpty ? "no face is found in it" : "it shows one face only")")
        }
        return faces
    }

    /// What of a picture would be the avatar.
    ///
    /// - Parameter faces: all that are in it, where that is known.
    /// - Throws: as ``avatar(_:name:_:)``.
    func view(
        of picture: PixelBuffer, name: String, _ framing: AvatarFraming, faces: [FoundFace]? = nil
    ) throws -> AvatarView {
        let middle = FrameSquare.centred(in: picture.size)
        switch framing.crop {
        case .auto where detector.model.configuration.animatesFaces:
            return try face(in: picture, name: name, framing.face, known: faces)
        case .auto, .center: return AvatarView(middle, of: picture.size, .asked)
        case .square(let x, let y, let side):
            let square = try FrameSquare(x: x, y: y, exactly: side, in: picture.size, option: "--avatar-crop")
            return AvatarView(square, of: picture.size, .asked)
        }
    }

    private func usualScan() throws -> FaceScan {
        let scan = try self.scan ?? FaceScan(detector)
        self.scan = scan
        return scan
    }

    private func face(
        in picture: PixelBuffer, name: String, _ number: Int, known: [FoundFace]?
    ) throws -> AvatarView {
        let scan = try usualScan()
        let framed = scan.framed(number, in: picture, known: known)
        if let face = framed.face {
            return AvatarView(face.square, of: picture.size, .face(face, of: framed.count))
        }
        guard number > 1 else { return AvatarView(.centred(in: picture.size), of: picture.size, .noFace) }
        throw PuppetError(
            .noAvatar, name,
            "shows \(framed.count) \(framed.count == 1 ? "face" : "faces"), there is no face \(number)",
            hint: "'puppet check' shows which ones are found; --avatar-crop X,Y,SIZE takes any part")
    }
}

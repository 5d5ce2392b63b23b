import Frames

/// What ``PortraitCheck`` measures of a picture; encodes as `puppet check --json` prints it.
package struct PortraitFindings: Sendable, Encodable {
    package struct Square: Sendable, Encodable {
        package let x: Int
        package let y: Int
        package let side: Int

        init(_ square: FrameSquare) { (x, y, side) = (square.x, square.y, square.side) }
    }

    package struct Face: Sendable, Encodable {
        /// What would be cut out for it, in pixels of the picture.
        package let square: Square
        /// That it is a face, 0...1.
        package let confidence: Double

        init(_ face: FoundFace) {
            square = Square(face.square)
            confidence = face.confidence.rounded(toPlaces: 2)
        }
    }

    package let width: Int
    package let height: Int
    /// The part that the network is given.
    package let crop: Square
    /// The largest first.
    package let faces: [Face]
    /// Root mean square of the cropped picture's Laplacian, in grey levels at 256 x 256.
    package let sharpness: Double
    /// Mean grey level of the face, 0...255.
    package let brightness: Double
    /// How many times brighter one half of the face is than the other.
    package let unevenness: Double
    /// Degrees, to the right and clockwise as the picture shows it; absent without a face.
    package var yaw: Double?
    package var roll: Double?
    /// Distances in units of the head's extent, as ``FaceExpression`` has them; absent without a face.
    package var lids: Double?
    package var lips: Double?
    /// Of the places on the face, how many times wider the most doubtful one's heatmap is than the bundled portrait's.
    package var doubt: Double?
    package var remarks: [PortraitRemark]
}

/// Where the head, the lids and the mouth are in a portrait.
///
/// Lengths are fractions of the portrait's side; x runs right and y down from its top left corner. Measured by eye on
/// the portrait that travels with the program (512 px a side, hence the divisions).
struct FaceGeometry: Sendable {
    /// An upright ellipse with a soft rim.
    struct Ellipse: Sendable {
        var centre: SIMD2<Float>
        var radii: SIMD2<Float>

        /// Distance from the centre as a multiple of the radius in that direction: 1 on the outline.
        func radius(at point: SIMD2<Float>) -> Float {
            let relative = (point - centre) / radii
            return (relative * relative).sum().squareRoot()
        }
    }

    /// An eye as two parabolas over the line between its corners.
    struct Eye: Sendable {
        var corners: (left: SIMD2<Float>, right: SIMD2<Float>)
        /// How far the upper lid's edge rises above that line, and the lower one's sinks below it.
        var opening: (above: Float, below: Float)
        /// How far above the upper lid's edge the skin begins that a closing lid brings down.
        var lidSkin: Float
        /// How far the pupil goes to either side.
        var glance: Float
        var brow: Brow
    }

    /// A brow, and the skin that goes with it when it is raised.
    struct Brow: Sendable {
        var ends: (left: Float, right: Float)
        var height: Float
        /// How far above it the skin stays where it is.
        var skin: Float
        /// How far it goes up.
        var rise: Float
    }

    struct Mouth: Sendable {
        var corners: (left: SIMD2<Float>, right: SIMD2<Float>)
        /// How far the line where the lower lip meets the teeth sinks below the line between the corners.
        var sag: Float
        /// Where the skin ends that a dropping jaw takes along: chin (it goes all the way) and throat (it stays).
        var chin: Float
        var throat: Float
        /// Half the width of the jaw.
        var jawHalfWidth: Float
        /// How far the lower lip sinks when the mouth is wide open.
        var drop: Float
    }

    /// The head with its hair: what turns as one.
    var head: Ellipse
    /// The ellipsoid the face is painted on, and how far it bulges towards the camera.
    var face: Ellipse
    var faceDepth: Float
    /// The point the head turns and nods about: inside the neck, below the ears, `pivotDepth` behind the picture plane.
    var pivot: SIMD2<Float>
    var pivotDepth: Float
    /// The point the head tilts about.
    var neck: SIMD2<Float>
    /// The body below: with the head, what is not backdrop.
    var body: Ellipse
    var eyes: [Eye]
    var mouth: Mouth

    /// The portrait that travels with the program.
    static let portrait = FaceGeometry(
        head: Ellipse(centre: [252 / 512, 215 / 512], radii: [190 / 512, 215 / 512]),
        face: Ellipse(centre: [248 / 512, 252 / 512], radii: [152 / 512, 205 / 512]),
        faceDepth: 130 / 512,
        pivot: [248 / 512, 310 / 512],
        pivotDepth: 45 / 512,
        neck: [248 / 512, 450 / 512],
        body: Ellipse(centre: [210 / 512, 503 / 512], radii: [222 / 512, 171 / 512]),
        eyes: [
            Eye(
                corners: ([172 / 512, 227 / 512], [224 / 512, 231 / 512]), opening: (14 / 512, 7 / 512),
                lidSkin: 10 / 512, glance: 7 / 512,
                brow: Brow(ends: (169 / 512, 223 / 512), height: 201 / 512, skin: 20 / 512, rise: 8 / 512)),
            Eye(
                corners: ([272 / 512, 236 / 512], [328 / 512, 233 / 512]), opening: (15 / 512, 6 / 512),
                lidSkin: 11 / 512, glance: 7 / 512,
                brow: Brow(ends: (281 / 512, 337 / 512), height: 210 / 512, skin: 20 / 512, rise: 8 / 512)),
        ],
        mouth: Mouth(
            corners: ([199 / 512, 315 / 512], [294 / 512, 317 / 512]), sag: 23 / 512, chin: 402 / 512,
            throat: 470 / 512, jawHalfWidth: 105 / 512, drop: 27 / 512))

    /// The same face in a mirror.
    var mirrored: FaceGeometry {
        func flip(_ point: SIMD2<Float>) -> SIMD2<Float> { [1 - point.x, point.y] }
        func flip(_ ellipse: Ellipse) -> Ellipse { Ellipse(centre: flip(ellipse.centre), radii: ellipse.radii) }
        var result = self
        result.head = flip(head)
        result.face = flip(face)
        result.body = flip(body)
        result.pivot = flip(pivot)
        result.neck = flip(neck)
        result.mouth.corners = (flip(mouth.corners.right), flip(mouth.corners.left))
        result.eyes = eyes.map { eye in
            var eye = eye
            eye.corners = (flip(eye.corners.right), flip(eye.corners.left))
            eye.brow.ends = (1 - eye.brow.ends.right, 1 - eye.brow.ends.left)
            return eye
        }
        return result
    }
}

/// 0 below `low`, 1 above `high`, smooth between.
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
    let t = min(max((value - low) / (high - low), 0), 1)
    return t * t * (3 - 2 * t)
}

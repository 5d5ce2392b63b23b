/// Paints shut lids, raised brows, a glance aside and an open mouth into the neutral picture, before the head is turned.
///
/// All but the glance only move skin up and down, so every column is on its own.
struct ExpressionPainter {
    private let neutral: PortraitCanvas
    private let geometry: FaceGeometry
    /// The canvas with the expression in it, laid out like ``PortraitCanvas/pixels``.
    private(set) var pixels: [UInt32]
    private var painted = (eyes: SIMD3<Float>.zero, mouth: Float.zero)

    /// Where a pixel's colour is in the neutral picture, in fractions of the portrait's side.
    private struct Origin: Equatable {
        var height: Float
        /// To the right of the pixel.
        var aside: Float = 0
        /// How much of it darkness covers, 0...1.
        var darkness: Float = 0
    }

    /// What is seen between the lips, and the colour of lashes.
    private static let darkness = packedPixel([52, 18, 18, 255])
    /// How wide the edges of lids and lips are, as a fraction of the portrait's side.
    private static let softness: Float = 3.5 / 512
    /// How far beside a brow the skin stays where it is.
    private static let browFade: Float = 12 / 512

    /// - Parameter geometry: of the picture as it is on the canvas, mirrored.
    init(_ neutral: PortraitCanvas, geometry: FaceGeometry) {
        self.neutral = neutral
        self.geometry = geometry
        pixels = neutral.pixels
    }

    /// Makes ``pixels`` show the expression of `pose`; what is there already is not painted again.
    mutating func paint(_ pose: TestCamera.Pose) {
        let eyes = SIMD3(Float(pose.blink), Float(pose.brows), Float(pose.gaze))
        if eyes != painted.eyes {
            for eye in geometry.eyes { paint(eye, shut: eyes.x, raised: eyes.y, glance: eyes.z) }
        }
        let mouth = Float(pose.mouth)
        if mouth != painted.mouth { paintMouth(geometry.mouth, open: mouth) }
        painted = (eyes, mouth)
    }

    /// The upper lid's edge comes down by `shut` of the opening; the skin above it stretches after it, and the eye is
    /// covered, not squeezed. The brow goes up by `raised` of its rise, and the skin below stretches. What is seen of the
    /// eyeball turns by `glance` of what it can.
    private mutating func paint(_ eye: FaceGeometry.Eye, shut: Float, raised: Float, glance: Float) {
        let (corners, brow) = (eye.corners, eye.brow)
        let ends = (min(corners.left.x, brow.ends.left), max(corners.right.x, brow.ends.right))
        let fade = Self.browFade
        forEachColumn(from: ends.0 - fade, to: ends.1 + fade) { column, place, painter in
            let across = min(max((place - corners.left.x) / (corners.right.x - corners.left.x), 0), 1)
            let line = corners.left.y + across * (corners.right.y - corners.left.y)
            let bulge = 4 * across * (1 - across)
            let open = line - eye.opening.above * bulge
            let closed = line + eye.opening.below * bulge
            let edge = open + shut * (closed - open)
            let skin = open - eye.lidSkin * bulge
            let rise =
                raised * brow.rise * smoothstep(ends.0 - fade, ends.0, place)
                * (1 - smoothstep(ends.1, ends.1 + fade, place))
            let top = brow.height - brow.skin - brow.rise
            painter.fillColumn(column, from: min(skin, top), to: closed + Self.softness) { y in
                var origin = Origin(height: y)
                if y < edge, y > skin { origin.height = skin + (y - skin) * (open - skin) / (edge - skin) }
                if y >= edge {
                    let inside =
                        smoothstep(open, open + Self.softness, y) * (1 - smoothstep(closed - Self.softness, closed, y))
                    origin.aside = -glance * eye.glance * bulge * inside
                }
                // The lashes' own line is stretched thin on the way down.
                origin.darkness = 0.6 * shut * bulge * (1 - smoothstep(0, Self.softness, abs(y - edge)))
                let lifted = origin.height
                for _ in 0..<5 {
                    origin.height =
                        lifted + rise * smoothstep(top, brow.height, origin.height)
                        * (1 - smoothstep(brow.height, open, origin.height))
                }
                return origin
            }
        }
    }

    /// The lower lip and the chin go down together, cheeks and throat stretch, and what is behind the lips is dark.
    private mutating func paintMouth(_ mouth: FaceGeometry.Mouth, open: Float) {
        let (left, right) = mouth.corners
        let (start, end) = ((left.x + right.x) / 2 - mouth.jawHalfWidth, (left.x + right.x) / 2 + mouth.jawHalfWidth)
        forEachColumn(from: start, to: end) { column, x, painter in
            let across = (x - start) / (end - start)
            let along = (x - left.x) / (right.x - left.x)
            let between = max(0, 4 * along * (1 - along))
            let jaw = open * mouth.drop * (1 - smoothstep(0.3, 1, abs(2 * across - 1)))
            let line = left.y + along * (right.y - left.y) + mouth.sag * between
            // Beside the lips no gap opens: there the skin takes up the drop between mouth and chin.
            let gap = jaw * smoothstep(0, 0.75, between)
            func drop(_ y: Float) -> Float {
                let onJaw = gap + (jaw - gap) * smoothstep(line, mouth.chin, y)
                return onJaw * (1 - smoothstep(mouth.chin - 0.01, mouth.throat, y))
            }
            painter.fillColumn(column, from: line, to: mouth.throat) { y in
                if y < line { return Origin(height: y) }
                if y < line + gap {
                    return Origin(height: line, darkness: smoothstep(0, Self.softness, min(y - line, line + gap - y)))
                }
                var source = y - gap
                for _ in 0..<5 { source = y - drop(max(source, line)) }
                return Origin(height: max(source, line))
            }
        }
    }

    /// Calls `body` with each canvas column between two places, and with its place.
    private mutating func forEachColumn(
        from left: Float, to right: Float, _ body: (Int, Float, inout ExpressionPainter) -> Void
    ) {
        let side = neutral.side
        let first = max(0, Int((neutral.portraitOrigin.x + left * side).rounded(.up)))
        let last = min(neutral.width - 1, Int((neutral.portraitOrigin.x + right * side).rounded(.down)))
        guard first <= last else { return }
        for column in first...last {
            body(column, (Float(column) + 0.5 - neutral.portraitOrigin.x) / side, &self)
        }
    }

    /// Repaints a column between two heights from the neutral picture.
    private mutating func fillColumn(
        _ column: Int, from top: Float, to bottom: Float, _ origin: (_ height: Float) -> Origin
    ) {
        let (side, corner) = (neutral.side, neutral.portraitOrigin.y)
        let first = max(0, Int((corner + top * side).rounded(.down)))
        let last = min(neutral.height - 1, Int((corner + bottom * side).rounded(.up)))
        guard first <= last else { return }
        for row in first...last {
            let height = (Float(row) + 0.5 - corner) / side
            let from = origin(height)
            guard from != Origin(height: height) else {
                pixels[row * neutral.width + column] = neutral.pixels[row * neutral.width + column]
                continue
            }
            let place = SIMD2(Float(column) + from.aside * side, corner + from.height * side - 0.5)
            pixels[row * neutral.width + column] = mix(
                neutral.colour(at: place), Self.darkness, UInt32(256 * from.darkness))
        }
    }
}

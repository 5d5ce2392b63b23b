/// Paints shut lids and an open mouth into the neutral picture, before the head is turned.
///
/// Both only move skin up and down, so every column is on its own and a colour is a mix of two pixels of that column.
struct ExpressionPainter {
    private let neutral: PortraitCanvas
    private let geometry: FaceGeometry
    /// The canvas with the expression in it, laid out like ``PortraitCanvas/pixels``.
    private(set) var pixels: [UInt32]
    private var painted = (blink: Float.zero, mouth: Float.zero)

    /// What is seen between the lips, and the colour of lashes.
    private static let darkness = packedPixel([52, 18, 18, 255])
    /// How wide the edges of lids and lips are, as a fraction of the portrait's side.
    private static let softness: Float = 3.5 / 512

    /// - Parameter geometry: of the picture as it is on the canvas, mirrored.
    init(_ neutral: PortraitCanvas, geometry: FaceGeometry) {
        self.neutral = neutral
        self.geometry = geometry
        pixels = neutral.pixels
    }

    /// Makes ``pixels`` show the expression of `pose`; what is there already is not painted again.
    mutating func paint(_ pose: TestCamera.Pose) {
        let (blink, mouth) = (Float(pose.blink), Float(pose.mouth))
        if blink != painted.blink {
            for eye in geometry.eyes { paintLids(of: eye, shut: blink) }
        }
        if mouth != painted.mouth { paintMouth(geometry.mouth, open: mouth) }
        painted = (blink, mouth)
    }

    /// The upper lid's edge comes down by `shut` of the opening; the skin above it stretches after it, and the eye is
    /// covered, not squeezed.
    private mutating func paintLids(of eye: FaceGeometry.Eye, shut: Float) {
        forEachColumn(from: eye.corners.left.x, to: eye.corners.right.x) { column, across, painter in
            let line = eye.corners.left.y + across * (eye.corners.right.y - eye.corners.left.y)
            let bulge = 4 * across * (1 - across)
            let open = line - eye.opening.above * bulge
            let closed = line + eye.opening.below * bulge
            let edge = open + shut * (closed - open)
            let skin = open - eye.lidSkin * bulge
            guard edge - skin > 1e-4 else { return }
            painter.fillColumn(column, from: skin, to: closed + Self.softness) { y in
                // The lashes' own line is stretched thin on the way down.
                let lashes = 0.6 * shut * bulge * (1 - smoothstep(0, Self.softness, abs(y - edge)))
                return (y < edge ? skin + (y - skin) * (open - skin) / (edge - skin) : y, lashes)
            }
        }
    }

    /// The lower lip and the chin go down together, cheeks and throat stretch, and what is behind the lips is dark.
    private mutating func paintMouth(_ mouth: FaceGeometry.Mouth, open: Float) {
        let (left, right) = mouth.corners
        let (start, end) = ((left.x + right.x) / 2 - mouth.jawHalfWidth, (left.x + right.x) / 2 + mouth.jawHalfWidth)
        forEachColumn(from: start, to: end) { column, across, painter in
            let x = start + across * (end - start)
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
                if y < line { return (y, 0) }
                if y < line + gap { return (line, smoothstep(0, Self.softness, min(y - line, line + gap - y))) }
                var source = y - gap
                for _ in 0..<5 { source = y - drop(max(source, line)) }
                return (max(source, line), 0)
            }
        }
    }

    /// Calls `body` with each canvas column between two places and how far along it is, 0...1.
    private mutating func forEachColumn(
        from left: Float, to right: Float, _ body: (Int, Float, inout ExpressionPainter) -> Void
    ) {
        let side = neutral.side
        let first = max(0, Int((neutral.portraitOrigin.x + left * side).rounded(.up)))
        let last = min(neutral.width - 1, Int((neutral.portraitOrigin.x + right * side).rounded(.down)))
        guard first <= last else { return }
        for column in first...last {
            let place = (Float(column) + 0.5 - neutral.portraitOrigin.x) / side
            body(column, min(max((place - left) / (right - left), 0), 1), &self)
        }
    }

    /// Repaints a column between two heights from the neutral picture.
    /// - Parameter source: the height whose colour belongs at a height, and how much of it darkness covers, 0...1.
    private mutating func fillColumn(
        _ column: Int, from top: Float, to bottom: Float, _ source: (Float) -> (height: Float, darkness: Float)
    ) {
        let (side, origin) = (neutral.side, neutral.portraitOrigin.y)
        let first = max(0, Int((origin + top * side).rounded(.down)))
        let last = min(neutral.height - 1, Int((origin + bottom * side).rounded(.up)))
        guard first <= last else { return }
        for row in first...last {
            let at = row * neutral.width + column
            let (height, darkness) = source((Float(row) + 0.5 - origin) / side)
            let position = min(max(origin + height * side - 0.5, 0), Float(neutral.height - 1))
            let above = Int(position)
            let below = min(above + 1, neutral.height - 1)
            let colour = mix(
                neutral.pixels[above * neutral.width + column], neutral.pixels[below * neutral.width + column],
                UInt32(256 * (position - Float(above))))
            pixels[at] = mix(colour, Self.darkness, UInt32(256 * darkness))
        }
    }
}

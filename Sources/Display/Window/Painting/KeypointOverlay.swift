/// Keypoints as coloured dots, and where they were at calibration as crosses. Main queue; gone before its renderer.
struct KeypointOverlay: ~Copyable {
    private var dot = Mask()
    /// Dark, below a dot, to make it stand out from any picture.
    private var rim = Mask()

    /// Far apart from one another, from skin and from grey; begins anew where a model has more keypoints.
    static let colours = [
        Colour(255, 64, 64), Colour(64, 200, 64), Colour(72, 132, 255), Colour(255, 224, 48), Colour(255, 80, 232),
        Colour(48, 224, 232), Colour(255, 144, 32), Colour(160, 96, 255), Colour(184, 255, 96), Colour(255, 255, 255),
    ]
    private static let rimColour = Colour(0, 0, 0, alpha: 200)

    /// - Parameters:
    ///   - references: a cross for each keypoint, and a faint line from there; none where empty.
    ///   - picture: where it is drawn.
    mutating func draw(
        _ keypoints: [SIMD2<Float>], references: [SIMD2<Float>], in picture: Rectangle, isMirrored: Bool,
        on canvas: borrowing Canvas
    ) {
        let places = { WindowLayout.place(of: $0, in: picture, isMirrored: isMirrored) }
        for (index, reference) in references.enumerated() {
            let colour = Self.colours[index % Self.colours.count]
            let from = places(reference)
            if index < keypoints.count {
                drawPath(from, places(keypoints[index]), colour, canvas)
            }
            drawCross(from, colour, canvas)
        }
        for (index, keypoint) in keypoints.enumerated() {
            drawDot(places(keypoint), Self.colours[index % Self.colours.count], canvas)
        }
    }

    mutating func invalidate() {
        dot.invalidate()
        rim.invalidate()
    }

    private mutating func drawDot(_ place: Point, _ colour: Colour, _ canvas: borrowing Canvas) {
        func box(_ reach: Int) -> Rectangle {
            Rectangle(x: place.x - reach, y: place.y - reach, width: 2 * reach + 1, height: 2 * reach + 1)
        }
        let radius = canvas.pixels(4)
        rim.draw(.disc, in: box(radius + canvas.pixels(1.5)), Self.rimColour, on: canvas)
        dot.draw(.disc, in: box(radius), colour, on: canvas)
    }

    /// Two pixels thick: one alone is lost in hair.
    private func drawPath(_ start: Point, _ end: Point, _ colour: Colour, _ canvas: borrowing Canvas) {
        let faint = Colour(colour.red, colour.green, colour.blue, alpha: 150)
        let isFlat = abs(end.x - start.x) > abs(end.y - start.y)
        func beside(_ point: Point) -> Point {
            isFlat ? Point(x: point.x, y: point.y + 1) : Point(x: point.x + 1, y: point.y)
        }
        canvas.line(from: start, to: end, faint)
        canvas.line(from: beside(start), to: beside(end), faint)
    }

    private func drawCross(_ place: Point, _ colour: Colour, _ canvas: borrowing Canvas) {
        let (reach, half) = (canvas.pixels(5), canvas.pixels(1) / 2)
        func bars(_ reach: Int, _ half: Int, _ colour: Colour) {
            let (length, thickness) = (2 * reach + 1, 2 * half + 1)
            canvas.fill(
                Rectangle(x: place.x - reach, y: place.y - half, width: length, height: thickness), colour)
            canvas.fill(
                Rectangle(x: place.x - half, y: place.y - reach, width: thickness, height: length), colour)
        }
        bars(reach + 1, half + 1, Self.rimColour)
        bars(reach, half, colour)
    }
}

import Frames

/// A picture, keypoints on it and words below it: what both panes of a window have. Main queue; gone before its
/// renderer.
struct PanePainter: ~Copyable {
    private var picture = PictureSlot()
    private var keypoints = KeypointOverlay()
    private var message = TextBox()

    var rasterisations: Int { message.rasterisations }

    /// Draws the picture, or a dark ground where there is none yet.
    ///
    /// - Returns: where it is drawn.
    mutating func drawPicture(
        _ frame: Frame?, in cell: Rectangle, isMirrored: Bool, on canvas: borrowing Canvas
    ) -> Rectangle {
        let place = WindowLayout.letterbox(frame?.size ?? FrameSize(square: 1), in: cell)
        if let frame {
            picture.draw(frame, on: canvas, in: place, isMirrored: isMirrored)
        } else {
            picture.invalidate()
            canvas.fill(place, .ground)
        }
        return place
    }

    mutating func drawKeypoints(
        _ points: [SIMD2<Float>], references: [SIMD2<Float>] = [], in place: Rectangle, isMirrored: Bool,
        on canvas: borrowing Canvas
    ) {
        keypoints.draw(points, references: references, in: place, isMirrored: isMirrored, on: canvas)
    }

    /// At the bottom of a picture, or in the middle of a pane that has none.
    mutating func drawMessage(
        _ words: WindowMessage?, onPicture: Bool, in place: Rectangle, on canvas: borrowing Canvas
    ) {
        guard let words else { return }
        message.draw(
            words.text, height: 18, wraps: true, colour: words.isWarning ? .warning : .white,
            ground: onPicture ? .veil : .ground, at: onPicture ? .bottom : .middle, of: place, on: canvas)
    }

    mutating func invalidate() {
        picture.invalidate()
        keypoints.invalidate()
        message.invalidate()
    }
}

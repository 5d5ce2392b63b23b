/// What only the preview has on it: ghost, guide, flash and countdown. Main queue; gone before its renderer.
struct PreviewOverlay: ~Copyable {
    private var ghost = PictureSlot()
    private var guide = Mask()
    private var countdown = Label()

    var rasterisations: Int { countdown.rasterisations }

    /// How long a flash takes to fade, in milliseconds.
    static let flashDuration = 500.0
    /// How much of the picture a flash covers at first.
    private static let flashAlpha = 0.2

    /// The avatar over the driving frame, mirrored with it: it is there to sit like.
    mutating func drawGhost(_ scene: WindowScene, in place: Rectangle, on canvas: borrowing Canvas) {
        guard let frame = scene.ghost, scene.view.ghost > 0 else { return }
        let alpha = UInt8((255 * min(scene.view.ghost, 1)).rounded())
        ghost.draw(frame, on: canvas, in: place, isMirrored: scene.view.isPreviewMirrored, alpha: alpha)
    }

    /// Red until there is a calibration, afterwards only to be found when looked for.
    mutating func drawGuide(_ scene: WindowScene, in place: Rectangle, on canvas: borrowing Canvas) {
        guard scene.view.showsGuide else { return }
        let colour = scene.isCalibrated ? Colour(255, 255, 255, alpha: 90) : Colour(255, 40, 40)
        guide.draw(
            .outline(scene.guide, thickness: canvas.pixels(2)), in: WindowLayout.guide(in: place), colour, on: canvas)
    }

    /// - Parameter strength: 1 as it begins, 0 as it ends.
    func drawFlash(_ strength: Double, in place: Rectangle, on canvas: borrowing Canvas) {
        let alpha = UInt8((255 * Self.flashAlpha * strength).rounded())
        canvas.fill(place, Colour(0, 255, 0, alpha: alpha))
    }

    /// With a shadow, to stand out from any picture.
    mutating func drawCountdown(_ scene: WindowScene, in place: Rectangle, on canvas: borrowing Canvas) {
        guard let seconds = scene.countdown else { return }
        countdown.set(
            String(seconds), height: max(1, place.height / 2), room: place.size, on: canvas)
        guard let size = countdown.size else { return }
        let corner = place.corner(centring: size)
        let offset = canvas.pixels(3)
        countdown.draw(
            at: Point(x: corner.x + offset, y: corner.y + offset), Colour(0, 0, 0, alpha: 180), on: canvas)
        countdown.draw(at: corner, on: canvas)
    }

    mutating func invalidate() {
        ghost.invalidate()
        guide.invalidate()
        countdown.invalidate()
    }
}

import Frames

/// Draws the strip. Main queue; must be gone before its renderer.
struct StripPainter: ~Copyable {
    /// Of the places in sight, from the left.
    private var slots: [Slot] = []

    /// A class, so that an array may hold it.
    private final class Slot {
        var picture = PictureSlot()
        var caption = TextBox()
    }

    /// - Parameter shown: the thumbnail that gets a frame.
    mutating func draw(
        _ thumbnails: [WindowThumbnail], shown: Int, _ layout: StripLayout, on canvas: borrowing Canvas
    ) {
        canvas.fill(layout.ground, .veil)
        while slots.count < layout.visible.count { slots.append(Slot()) }
        for (slot, index) in zip(slots, layout.visible) {
            let cell = layout.cell(index)
            if let picture = thumbnails[index].picture {
                slot.picture.draw(picture, on: canvas, in: cell, isMirrored: false)
            } else {
                canvas.fill(cell, .ground)
            }
            if let caption = thumbnails[index].caption {
                slot.caption.draw(caption, height: 11, wraps: true, at: .bottom, of: cell, on: canvas)
            }
            if index == shown { canvas.border(cell, thickness: canvas.pixels(3), .white) }
        }
    }

    var rasterisations: Int { slots.reduce(0) { $0 + $1.caption.rasterisations } }

    mutating func invalidate() { slots = [] }
}

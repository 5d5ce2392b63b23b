/// A text on a ground of its own. Main queue; must be gone before its renderer.
struct TextBox: ~Copyable {
    /// Where the ground is: its whole place depends on how large the text turns out.
    enum Place {
        case topLeft, topRight, middle
        /// As wide as there is room for.
        case top, bottom
    }

    private var label = Label()

    var rasterisations: Int { label.rasterisations }

    /// - Parameters:
    ///   - height: of a line's letters, in units of the desktop, where there is room.
    ///   - wraps: as in ``Label/set(_:height:room:wraps:on:)``.
    ///   - room: the ground stays inside.
    /// - Returns: where the ground is; `nil` if there is nothing to see.
    @discardableResult
    mutating func draw(
        _ text: String, height: Double, wraps: Bool = false, colour: Colour = .white, ground: Colour = .veil,
        at place: Place, of room: Rectangle, on canvas: borrowing Canvas
    ) -> Rectangle? {
        let padding = canvas.pixels(height / 2)
        let inner = room.inset(by: padding).size
        label.set(text, height: canvas.pixels(height), room: inner, wraps: wraps, on: canvas)
        guard let size = label.size else { return nil }
        let isBar = place == .top || place == .bottom
        var box = Rectangle(
            x: room.x, y: room.y, width: isBar ? room.width : size.width + 2 * padding,
            height: size.height + 2 * padding)
        switch place {
        case .topLeft, .top: break
        case .topRight: box.x += room.width - box.width
        case .bottom: box.y += room.height - box.height
        case .middle:
            box.x += (room.width - box.width) / 2
            box.y += (room.height - box.height) / 2
        }
        canvas.fill(box, ground)
        label.draw(at: box.corner(centring: size), colour, on: canvas)
        return box
    }

    mutating func invalidate() { label.invalidate() }
}

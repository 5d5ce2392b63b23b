import CSDL2

/// What the parts of a window draw on and with. Main queue; must be gone before its renderer.
struct Canvas: ~Copyable {
    let renderer: OpaquePointer
    let font: Font
    /// Surface pixels for each unit of the desktop, at least 1.
    var scale = 1.0

    /// Whole pixels for a length in units of the desktop, at least one.
    func pixels(_ units: Double) -> Int { max(1, Int((units * scale).rounded())) }

    /// Starts a picture: all black.
    func clear() {
        use(.black)
        SDL_RenderClear(renderer)
    }

    func fill(_ rectangle: Rectangle, _ colour: Colour) {
        guard colour.alpha > 0 else { return }
        use(colour)
        var target = SDL_Rect(rectangle)
        SDL_RenderFillRect(renderer, &target)
    }

    /// A frame along the inside of a rectangle's edge.
    func border(_ outer: Rectangle, thickness: Int, _ colour: Colour) {
        let (x, y, width, height) = (outer.x, outer.y, outer.width, outer.height)
        let sides = max(0, height - 2 * thickness)
        fill(Rectangle(x: x, y: y, width: width, height: thickness), colour)
        fill(Rectangle(x: x, y: y + height - thickness, width: width, height: thickness), colour)
        fill(Rectangle(x: x, y: y + thickness, width: thickness, height: sides), colour)
        fill(Rectangle(x: x + width - thickness, y: y + thickness, width: thickness, height: sides), colour)
    }

    func line(from start: Point, to end: Point, _ colour: Colour) {
        use(colour)
        SDL_RenderDrawLine(renderer, CInt(start.x), CInt(start.y), CInt(end.x), CInt(end.y))
    }

    private func use(_ colour: Colour) {
        SDL_SetRenderDrawColor(renderer, colour.red, colour.green, colour.blue, colour.alpha)
    }
}

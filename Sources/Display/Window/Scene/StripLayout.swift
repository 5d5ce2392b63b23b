import Frames

/// Where the strip lies: a row along the lower edge, as many thumbnails as there is room for.
struct StripLayout: Hashable {
    let ground: Rectangle
    private let side: Int
    private let gap: Int
    private let start: Int
    /// Those that are in sight.
    let visible: Range<Int>

    /// - Parameters:
    ///   - size: of a thumbnail, in units of the desktop.
    ///   - count: of all thumbnails.
    ///   - shown: the one that is in the middle, where there are more than there is room for.
    ///   - scroll: how many further to the right, or left below 0.
    ///   - area: of the window.
    ///   - unit: surface pixels for a unit of the desktop.
    init(size: Double = 72, count: Int, shown: Int, scroll: Int, in area: Rectangle, unit: Double) {
        let gap = max(1, Int(6 * unit))
        let side = max(8, min(Int(size * unit), area.height / 4, area.width - 2 * gap))
        let room = max(1, (area.width - gap) / (side + gap))
        let inSight = min(count, room)
        let first = max(0, min(count - inSight, shown - inSight / 2 + scroll))
        (self.side, self.gap) = (side, gap)
        visible = first..<first + inSight
        let height = min(area.height, side + 2 * gap)
        ground = Rectangle(x: area.x, y: area.y + area.height - height, width: area.width, height: height)
        start = area.x + (area.width - inSight * (side + gap) + gap) / 2
    }

    /// - Parameter index: one of ``visible``.
    func cell(_ index: Int) -> Rectangle {
        Rectangle(
            x: start + (index - visible.lowerBound) * (side + gap), y: ground.y + gap, width: side, height: side)
    }

    /// - Returns: the thumbnail there; `nil` for none.
    func index(at point: Point) -> Int? { visible.first { cell($0).contains(point) } }
}

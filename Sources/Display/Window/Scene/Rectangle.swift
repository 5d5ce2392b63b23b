import Frames

/// Where something is drawn, in pixels of the window's surface.
struct Rectangle: Hashable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    /// What is left between margins of some width; at least a pixel.
    func inset(by margin: Int) -> Rectangle {
        Rectangle(
            x: x + margin, y: y + margin, width: max(1, width - 2 * margin), height: max(1, height - 2 * margin))
    }

    /// What two have in common; at least a pixel.
    func intersection(_ other: Rectangle) -> Rectangle {
        let (left, top) = (max(x, other.x), max(y, other.y))
        return Rectangle(
            x: left, y: top, width: max(1, min(x + width, other.x + other.width) - left),
            height: max(1, min(y + height, other.y + other.height) - top))
    }

    /// Where something of this size is in the middle.
    func corner(centring size: FrameSize) -> Point {
        Point(x: x + (width - size.width) / 2, y: y + (height - size.height) / 2)
    }

    /// What is left below a line; at least a pixel.
    func below(_ line: Int) -> Rectangle {
        let taken = min(max(line - y, 0), height - 1)
        return Rectangle(x: x, y: y + taken, width: width, height: height - taken)
    }

    /// What is left above a line; at least a pixel.
    func above(_ line: Int) -> Rectangle {
        Rectangle(x: x, y: y, width: width, height: max(1, min(height, line - y)))
    }

    func contains(_ point: Point) -> Bool {
        (x..<x + width).contains(point.x) && (y..<y + height).contains(point.y)
    }

    var size: FrameSize { FrameSize(width: width, height: height) }
}

extension Rectangle {
    /// The whole of a surface.
    init(_ surface: FrameSize) { self.init(x: 0, y: 0, width: surface.width, height: surface.height) }
}

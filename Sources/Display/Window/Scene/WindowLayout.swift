import Frames

/// Where things go in a window.
enum WindowLayout {
    /// The parts of a window that belong to the preview and to the avatar.
    struct Cells: Hashable {
        /// `nil` where it is not shown; one of the two is.
        var preview: Rectangle?
        var avatar: Rectangle?

        /// Where the window begins, and where it ends.
        var first: Rectangle { preview ?? avatar! }
        var last: Rectangle { avatar ?? preview! }
    }

    /// Two panes are squares side by side in the middle of the area; one has it all.
    static func cells(_ panes: WindowPanes, in area: Rectangle) -> Cells {
        switch panes {
        case .preview: return Cells(preview: area)
        case .avatar: return Cells(avatar: area)
        case .both:
            let side = max(1, min(area.width / 2, area.height))
            let left = Rectangle(
                x: area.x + area.width / 2 - side, y: area.y + (area.height - side) / 2, width: side, height: side)
            var right = left
            right.x += side
            return Cells(preview: left, avatar: right)
        }
    }

    /// The largest centred rectangle of the picture's proportions; black bars take the rest. At least one pixel each way.
    static func letterbox(_ picture: FrameSize, in cell: Rectangle) -> Rectangle {
        let isWider = picture.width * cell.height > cell.width * picture.height
        let width = isWider ? cell.width : max(1, rounded(cell.height * picture.width, over: picture.height))
        let height = isWider ? max(1, rounded(cell.width * picture.height, over: picture.width)) : cell.height
        return Rectangle(
            x: cell.x + (cell.width - width) / 2, y: cell.y + (cell.height - height) / 2, width: width, height: height)
    }

    /// Where the face should be: 60 % of the picture's width and 80 % of its height, in the middle.
    static func guide(in picture: Rectangle) -> Rectangle {
        let (width, height) = (max(1, picture.width * 6 / 10), max(1, picture.height * 8 / 10))
        return Rectangle(
            x: picture.x + (picture.width - width) / 2, y: picture.y + (picture.height - height) / 2, width: width,
            height: height)
    }

    /// Where a part of a picture is seen.
    static func place(
        of part: FrameSquare, of picture: FrameSize, in place: Rectangle, isMirrored: Bool
    ) -> Rectangle {
        let left = isMirrored ? picture.width - part.x - part.side : part.x
        return Rectangle(
            x: place.x + rounded(left * place.width, over: picture.width),
            y: place.y + rounded(part.y * place.height, over: picture.height),
            width: max(1, rounded(part.side * place.width, over: picture.width)),
            height: max(1, rounded(part.side * place.height, over: picture.height)))
    }

    /// Where a keypoint is seen.
    /// - Parameter keypoint: -1...1 both ways; one that is not a number, or far outside, comes to the edge.
    static func place(of keypoint: SIMD2<Float>, in picture: Rectangle, isMirrored: Bool) -> Point {
        func pixel(_ coordinate: Float, _ extent: Int) -> Int {
            // These two prefer a number to what is none.
            let share = Float.minimum(Float.maximum((coordinate + 1) / 2, 0), 1)
            return Int(share * Float(extent - 1) + 0.5)
        }
        let x = isMirrored ? -keypoint.x : keypoint.x
        return Point(
            x: picture.x + pixel(x, picture.width), y: picture.y + pixel(keypoint.y, picture.height))
    }

    private static func rounded(_ value: Int, over divisor: Int) -> Int { (value + divisor / 2) / divisor }
}

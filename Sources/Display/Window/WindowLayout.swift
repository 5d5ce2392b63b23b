import Frames

/// Where something is drawn, in pixels of the window's surface.
struct Rectangle: Hashable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
}

/// Where things go in a window.
enum WindowLayout {
    /// The largest centred rectangle of the picture's proportions; black bars take the rest. At least one pixel each way.
    static func letterbox(_ picture: FrameSize, in surface: FrameSize) -> Rectangle {
        let isWider = picture.width * surface.height > surface.width * picture.height
        let width = isWider ? surface.width : max(1, rounded(surface.height * picture.width, over: picture.height))
        let height = isWider ? max(1, rounded(surface.width * picture.height, over: picture.width)) : surface.height
        return Rectangle(
            x: (surface.width - width) / 2, y: (surface.height - height) / 2, width: width, height: height)
    }

    /// The information panel in the upper left corner, and the text in it.
    /// - Parameter scale: surface pixels for each unit of the desktop: 2 on a high-density display.
    static func panel(text: FrameSize, scale: Double) -> (panel: Rectangle, text: Rectangle) {
        let margin = Int((8 * scale).rounded())
        let padding = Int((6 * scale).rounded())
        let panel = Rectangle(x: margin, y: margin, width: text.width + 2 * padding, height: text.height + 2 * padding)
        let inner = Rectangle(x: margin + padding, y: margin + padding, width: text.width, height: text.height)
        return (panel, inner)
    }

    private static func rounded(_ value: Int, over divisor: Int) -> Int { (value + divisor / 2) / divisor }
}

import Frames

/// The list of keys, on as many pages as it takes to be readable.
struct HelpPages: Hashable {
    let pages: [String]

    /// Of a line in units of the desktop, where there are several pages.
    private static let lineHeight = 13.0
    /// Of all that is not for lines: margins, and the red notice.
    private static let (margins, notice) = (36.0, 56.0)

    /// - Parameters:
    ///   - surface: of the window.
    ///   - unit: surface pixels for a unit of the desktop.
    ///   - isBelowNotice: whether the notice about the real face takes room.
    init(surface: FrameSize, unit: Double, isBelowNotice: Bool) {
        let units = Double(surface.height) / unit - Self.margins - (isBelowNotice ? Self.notice : 0)
        let room = max(4, Int(units / Self.lineHeight))
        let lines = WindowKey.help
        guard lines.count + 2 > room else {
            pages = [(["Keys", ""] + lines).joined(separator: "\n")]
            return
        }
        let perPage = room - 1
        let count = (lines.count + perPage - 1) / perPage
        pages = (0..<count).map { page in
            let title = "Keys, \(page + 1) of \(count); H: \(page + 1 < count ? "more" : "close")"
            return ([title] + lines.dropFirst(page * perPage).prefix(perPage)).joined(separator: "\n")
        }
    }

    init(_ scene: WindowScene, surface: FrameSize, unit: Double) {
        self.init(surface: surface, unit: unit, isBelowNotice: scene.isRealFaceShown)
    }

    /// - Parameter index: from 0; past the last one means the last one.
    subscript(_ index: Int) -> String { pages[min(index, pages.count - 1)] }
}

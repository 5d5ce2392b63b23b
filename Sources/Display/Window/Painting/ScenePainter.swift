import CSDL2
import Frames
import System

/// Draws scenes: panes, what lies on them, and what lies over everything. Main queue; must be gone before its renderer.
struct ScenePainter: ~Copyable {
    private var canvas: Canvas
    private var preview = PanePainter()
    private var overlay = PreviewOverlay()
    private var avatar = PanePainter()
    private var info = TextBox()
    private var help = TextBox()
    private var notice = TextBox()
    private var recording = TextBox()
    private var strip = StripPainter()

    private static func recordingText(_ seconds: Int) -> String {
        "REC \(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
    }

    private static let noticeText = "YOUR REAL FACE IS BEING SHOWN"

    /// - Parameter fontBytes: a TrueType font, not copied: it must outlive the painter.
    /// - Throws: ``WindowErrorCode/badFont``.
    init(_ renderer: OpaquePointer, fontBytes: UnsafeRawBufferPointer) throws(WindowError) {
        do throws(Font.Failure) {
            // A size to start with; every text brings its own.
            canvas = Canvas(renderer: renderer, font: try Font(bytes: fontBytes, height: 14))
        } catch {
            throw WindowError(.badFont, reason: error.reason)
        }
    }

    /// How often texts became pixels.
    var textRasterisations: Int {
        preview.rasterisations + overlay.rasterisations + avatar.rasterisations + info.rasterisations
            + help.rasterisations + notice.rasterisations + recording.rasterisations + strip.rasterisations
    }

    /// - Parameters:
    ///   - surface: in pixels.
    ///   - scale: surface pixels for each unit of the desktop, at least 1.
    ///   - flash: how much is left of a flash, 0...1.
    mutating func draw(_ scene: WindowScene, surface: FrameSize, scale: Double, flash: Double) {
        canvas.scale = scale
        canvas.clear()
        let whole = Rectangle(surface)
        let edge = canvas.pixels(8)
        // Words stay inside the red frame; pictures reach below it, and do not jump when it comes.
        var area = scene.isRealFaceShown ? whole.inset(by: edge) : whole
        let stripLayout = Self.strip(of: scene, surface: surface, scale: scale)
        if let stripLayout { area = area.above(stripLayout.ground.y) }
        let cells = WindowLayout.cells(scene.view.panes, in: whole)
        if let cell = cells.preview { drawPreview(scene, in: cell, area, flash: flash) }
        if let cell = cells.avatar { drawAvatar(scene, in: cell, area) }
        drawPanels(scene, in: area, cells, help: HelpPages(scene, surface: surface, unit: scale))
        if let stripLayout { strip.draw(scene.thumbnails, shown: scene.chosenThumbnail, stripLayout, on: canvas) }
        // Last, so that no text hides it in a window that is too small for the text.
        if scene.isRealFaceShown { canvas.border(whole, thickness: edge, .alarm) }
        SDL_RenderPresent(canvas.renderer)
    }

    /// Where the strip is; `nil` where it is not shown.
    ///
    /// - Parameters: as for drawing.
    static func strip(of scene: WindowScene, surface: FrameSize, scale: Double) -> StripLayout? {
        guard let strip = scene.view.strip, !scene.thumbnails.isEmpty else { return nil }
        return StripLayout(
            size: strip == .cameras ? 112 : 72, count: scene.thumbnails.count, shown: scene.chosenThumbnail,
            scroll: scene.view.stripScroll,
            in: Rectangle(surface), unit: scale)
    }

    /// Forgets all pixels, after the renderer has lost its memory.
    mutating func invalidate() {
        preview.invalidate()
        overlay.invalidate()
        avatar.invalidate()
        info.invalidate()
        help.invalidate()
        notice.invalidate()
        recording.invalidate()
        strip.invalidate()
    }

    private mutating func drawPreview(_ scene: WindowScene, in cell: Rectangle, _ area: Rectangle, flash: Double) {
        let isMirrored = scene.view.isPreviewMirrored
        let place = preview.drawPicture(scene.preview, in: cell, isMirrored: isMirrored, on: canvas)
        if scene.preview != nil {
            overlay.drawGhost(scene, in: place, on: canvas)
            overlay.drawFlash(flash, in: place, on: canvas)
            overlay.drawGuide(scene, in: place, on: canvas)
            if scene.view.showsKeypoints {
                preview.drawKeypoints(
                    scene.driverKeypoints, references: scene.calibrationKeypoints, in: place, isMirrored: isMirrored,
                    on: canvas)
            }
            overlay.drawCountdown(scene, in: place, on: canvas)
        }
        let waiting = WindowMessage("waiting for the camera")
        preview.drawMessage(
            scene.previewMessage ?? (scene.preview == nil ? waiting : nil), onPicture: scene.preview != nil,
            in: place.intersection(area), on: canvas)
    }

    private mutating func drawAvatar(_ scene: WindowScene, in cell: Rectangle, _ area: Rectangle) {
        let isMirrored = scene.isAvatarMirrored
        let place = avatar.drawPicture(scene.avatar, in: cell, isMirrored: isMirrored, on: canvas)
        if let picture = scene.avatar, scene.view.showsKeypoints {
            var square = place
            if let part = scene.avatarSquare, part.isInside(picture.size) {
                square = WindowLayout.place(of: part, of: picture.size, in: place, isMirrored: isMirrored)
            }
            avatar.drawKeypoints(scene.avatarKeypoints, in: square, isMirrored: isMirrored, on: canvas)
        }
        // Without a camera there is nothing to calibrate with, and the preview says so.
        let calibrating = WindowMessage(scene.preview == nil ? "no picture yet" : "calibrating")
        avatar.drawMessage(
            scene.avatarMessage ?? (scene.avatar == nil ? calibrating : nil), onPicture: scene.avatar != nil,
            in: place.intersection(area), on: canvas)
    }

    /// What lies over the panes. Nothing covers the notice: the others stay below it.
    private mutating func drawPanels(
        _ scene: WindowScene, in area: Rectangle, _ cells: WindowLayout.Cells, help pages: @autoclosure () -> HelpPages
    ) {
        var free = area
        if scene.isRealFaceShown {
            // Beside the picture there is too little room for it in a small window.
            let isNarrow = cells.last.width < canvas.pixels(440)
            let box = notice.draw(
                Self.noticeText, height: 26, ground: .alarm, at: .top,
                of: isNarrow ? area : cells.last.intersection(area), on: canvas)
            if let box { free = area.below(box.y + box.height) }
        }
        let margin = canvas.pixels(8)
        if let seconds = scene.recordedSeconds {
            recording.draw(
                Self.recordingText(seconds), height: 16, ground: .alarm, at: .topRight, of: free.inset(by: margin),
                on: canvas)
        }
        // One at a time: in a small window the help needs all the room there is.
        if scene.view.showsHelp {
            help.draw(
                pages()[scene.view.helpPage], height: 18, ground: Colour(0, 0, 0, alpha: 225), at: .middle,
                of: free.inset(by: margin), on: canvas)
        } else if scene.view.showsInfo, let text = scene.info {
            let room = cells.first == cells.last ? free : cells.first.intersection(area)
            info.draw(text, height: 14, at: .topLeft, of: room.inset(by: margin), on: canvas)
        }
    }
}

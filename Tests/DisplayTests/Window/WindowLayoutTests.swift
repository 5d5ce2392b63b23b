import Frames
import Testing

@testable import Display

@Suite("Where things go in a window")
struct WindowLayoutTests {
    private struct Case: Sendable {
        let picture: FrameSize
        let surface: FrameSize
        let expected: [Int]
    }

    private static func fit(_ picture: (Int, Int), _ surface: (Int, Int), _ expected: [Int]) -> Case {
        Case(
            picture: FrameSize(width: picture.0, height: picture.1),
            surface: FrameSize(width: surface.0, height: surface.1), expected: expected)
    }

    private static let cases = [
        fit((256, 256), (256, 256), [0, 0, 256, 256]),
        fit((256, 256), (800, 400), [200, 0, 400, 400]),
        fit((256, 256), (400, 800), [0, 200, 400, 400]),
        fit((640, 480), (1280, 720), [160, 0, 960, 720]),
        fit((1280, 720), (640, 480), [0, 60, 640, 360]),
        fit((4000, 1), (64, 64), [0, 31, 64, 1]),
        fit((1, 4000), (64, 64), [31, 0, 1, 64]),
        fit((3, 2), (101, 77), [0, 5, 101, 67]),
        fit((1, 1), (1, 1), [0, 0, 1, 1]),
    ]

    @Test func letterboxKeepsTheAspect() {
        for fit in Self.cases {
            let box = WindowLayout.letterbox(fit.picture, in: Rectangle(fit.surface))
            let got = [box.x, box.y, box.width, box.height]
            #expect(got == fit.expected, "\(fit.picture) in \(fit.surface): \(got), should be \(fit.expected)")
        }
    }

    @Test func letterboxStaysInItsCell() {
        let cell = Rectangle(x: 100, y: 50, width: 80, height: 40)
        #expect(
            WindowLayout.letterbox(FrameSize(square: 9), in: cell) == Rectangle(x: 120, y: 50, width: 40, height: 40))
    }

    @Test func panesShareTheWindow() {
        func cells(_ panes: WindowPanes, _ width: Int, _ height: Int) -> WindowLayout.Cells {
            WindowLayout.cells(panes, in: Rectangle(FrameSize(width: width, height: height)))
        }
        let (wide, narrow, tiny) = (cells(.both, 1200, 512), cells(.both, 400, 600), cells(.both, 1, 1))
        #expect(wide.preview == Rectangle(x: 88, y: 0, width: 512, height: 512))
        #expect(wide.avatar == Rectangle(x: 600, y: 0, width: 512, height: 512))
        #expect(narrow.preview == Rectangle(x: 0, y: 200, width: 200, height: 200))
        #expect(narrow.avatar == Rectangle(x: 200, y: 200, width: 200, height: 200))
        #expect(tiny.first.width == 1 && tiny.last.width == 1)
        let all = Rectangle(x: 0, y: 0, width: 30, height: 20)
        #expect(cells(.avatar, 30, 20) == .init(avatar: all) && cells(.preview, 30, 20) == .init(preview: all))
    }

    @Test func keypointsFollowThePicture() {
        let picture = Rectangle(x: 10, y: 20, width: 101, height: 51)
        func place(_ x: Float, _ y: Float, _ isMirrored: Bool = false) -> [Int] {
            let point = WindowLayout.place(of: [x, y], in: picture, isMirrored: isMirrored)
            return [point.x, point.y]
        }
        #expect(place(-1, -1) == [10, 20] && place(1, 1) == [110, 70] && place(0, 0) == [60, 45])
        #expect(place(-0.5, 0.2) == [35, 50] && place(-0.5, 0.2, true) == [85, 50])
        #expect(place(.nan, .infinity) == [10, 70] && place(-1e30, 1e30) == [10, 70])
    }

    @Test func whatIsLeftIsNeverNothing() {
        let box = Rectangle(x: 5, y: 5, width: 10, height: 10)
        #expect(box.inset(by: 3) == Rectangle(x: 8, y: 8, width: 4, height: 4))
        #expect(box.inset(by: 50).size == FrameSize(square: 1))
        #expect(box.below(9) == Rectangle(x: 5, y: 9, width: 10, height: 6))
        #expect(box.below(0) == box && box.below(100).height == 1)
    }
}

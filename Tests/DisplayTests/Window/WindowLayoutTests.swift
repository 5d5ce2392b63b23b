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
            let box = WindowLayout.letterbox(fit.picture, in: fit.surface)
            let got = [box.x, box.y, box.width, box.height]
            #expect(got == fit.expected, "\(fit.picture) in \(fit.surface): \(got), should be \(fit.expected)")
        }
    }

    @Test func panelSurroundsItsText() {
        for scale in [1.0, 1.5, 2.0] {
            let (panel, text) = WindowLayout.panel(text: FrameSize(width: 140, height: 80), scale: scale)
            #expect(text.width == 140 && text.height == 80)
            #expect(text.x - panel.x == Int(6 * scale) && text.y - panel.y == Int(6 * scale))
            #expect(panel.width == 140 + 2 * Int(6 * scale) && panel.x == Int(8 * scale))
        }
    }
}

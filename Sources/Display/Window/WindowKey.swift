import CSDL2
import System

/// A line of the table of keys: what people are told about some keys, and what these do.
///
/// There is one table. Keys are read by it, and the help panel, `--help` and docs/reference/keys.md are written from it.
public struct WindowKey: Sendable {
    /// The keys, as people write them.
    public let label: String
    /// What they do.
    public let sentence: String
    let strokes: [Keystroke]

    fileprivate init(_ label: String, _ sentence: String, _ strokes: [Keystroke]) {
        self.label = label
        self.sentence = sentence
        self.strokes = strokes
    }

    /// Every key, in the order in which people are told of them.
    public static let all = avatars + picture + calibration + view

    /// A line for each of ``all``, in two columns.
    public static let help: [String] = {
        let width = all.map(\.label.count).max()! + 2
        return all.map { $0.label.left(in: width) + $0.sentence }
    }()

    private static let avatars = [
        WindowKey(
            "1 ... 9", "avatar 1 to 9 of the folder",
            (0..<9).flatMap { index -> [Keystroke] in
                let event = WindowEvent.command(.selectAvatar(index))
                return [SDLK_1, SDLK_KP_1].map { Keystroke(SDL_KeyCode($0.rawValue + UInt32(index)), event) }
            }),
        WindowKey(
            "A / D", "previous / next avatar",
            [Keystroke(SDLK_a, .command(.previousAvatar)), Keystroke(SDLK_d, .command(.nextAvatar))]),
        WindowKey("Q", "any avatar of the folder", [Keystroke(SDLK_q, .command(.randomAvatar))]),
        WindowKey("Tab", "all avatars, to click on", [Keystroke(SDLK_TAB, .view(.toggleStrip(.avatars)))]),
        WindowKey("E", "the next face of the avatar's picture", [Keystroke(SDLK_e, .command(.nextFace))]),
        WindowKey("L", "read the avatar folder again", [Keystroke(SDLK_l, .command(.reloadAvatars))]),
        WindowKey(
            "0", "send your real face, and the avatar again",
            [SDLK_0, SDLK_KP_0].map { Keystroke($0, .command(.togglePassthrough)) }),
    ]

    private static let picture = [
        WindowKey(
            "W / S", "zoom in / out (with Shift: finely)",
            [(SDLK_w, 1), (SDLK_s, -1)].flatMap { key, sign in
                Keystroke.fine(key, .command(.zoom(steps: 5 * sign)), shifted: .command(.zoom(steps: sign)))
            }),
        WindowKey(
            "arrows", "move the crop by 5 px (with Shift: 1 px)",
            shifts([(SDLK_LEFT, -1, 0), (SDLK_RIGHT, 1, 0), (SDLK_UP, 0, -1), (SDLK_DOWN, 0, 1)])),
        WindowKey(
            "U / J / K", "move it up / down / right; left: left arrow",
            shifts([(SDLK_u, 0, -1), (SDLK_j, 0, 1), (SDLK_k, 1, 0)])),
        WindowKey("M", "the cameras, to click on", [Keystroke(SDLK_m, .view(.toggleStrip(.cameras)))]),
        WindowKey("Shift+Z", "reset the crop", [Keystroke(SDLK_z, .command(.resetCrop), shift: .held)]),
    ]

    private static let calibration = [
        WindowKey("X", "calibrate: sit as the avatar does", [Keystroke(SDLK_x, .command(.calibrate))]),
        WindowKey("F", "calibrate anew in better poses, on / off", [Keystroke(SDLK_f, .command(.toggleBestFrame))]),
        WindowKey(
            "Z / C", "ghost of the avatar: fainter / stronger",
            [
                Keystroke(SDLK_z, .view(.changeGhost(by: -0.1)), shift: .free, repeats: true),
                Keystroke(SDLK_c, .view(.changeGhost(by: 0.1)), repeats: true),
            ]),
    ]

    private static let view = [
        WindowKey("R", "mirror the preview", [Keystroke(SDLK_r, .view(.togglePreviewMirror))]),
        WindowKey("T", "mirror the output", [Keystroke(SDLK_t, .command(.toggleOutputMirror))]),
        WindowKey(
            "V", "keep a picture in your folder of pictures", [Keystroke(SDLK_v, .command(.keepPicture), shift: .free)]),
        WindowKey(
            "Shift+V", "record to your folder of videos, on / off",
            [Keystroke(SDLK_v, .command(.toggleRecording), shift: .held)]),
        WindowKey("O", "keypoints on / off", [Keystroke(SDLK_o, .view(.toggleKeypoints))]),
        WindowKey("G", "guide on / off", [Keystroke(SDLK_g, .view(.toggleGuide))]),
        WindowKey("P", "panes: both, avatar, preview", [Keystroke(SDLK_p, .view(.nextPanes))]),
        WindowKey("I", "information on / off", [Keystroke(SDLK_i, .view(.toggleInfo))]),
        WindowKey(
            "F11", "full screen on / off; also a double click", [Keystroke(SDLK_F11, .view(.toggleFullScreen))]),
        WindowKey(
            "H / ? / F1", "help on / off",
            [
                Keystroke(SDLK_h, .view(.toggleHelp)), Keystroke(SDLK_F1, .view(.toggleHelp)),
                Keystroke(SDLK_QUESTION, .view(.toggleHelp)),
                // A keyboard where the question mark is above the slash reports the slash.
                Keystroke(SDLK_SLASH, .view(.toggleHelp), shift: .held),
            ]),
        WindowKey("Esc", "quit", [Keystroke(SDLK_ESCAPE, .quit)]),
    ]

    /// - Parameter keys: each with the direction it moves the crop in.
    private static func shifts(_ keys: [(SDL_KeyCode, x: Int, y: Int)]) -> [Keystroke] {
        keys.flatMap { key, x, y in
            Keystroke.fine(
                key, .command(.shiftCrop(dx: 5 * x, dy: 5 * y)), shifted: .command(.shiftCrop(dx: x, dy: y)))
        }
    }
}

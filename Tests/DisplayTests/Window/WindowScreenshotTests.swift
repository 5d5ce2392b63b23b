import CAssets
import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import Display

/// Every state of the window with pictures as they are, in both sizes: for people to look at.
///
/// `PUPPET_SCREENSHOTS=FOLDER` keeps them. What a program can judge of them is in the other tests.
extension WindowTests {
    static let folder = ProcessInfo.processInfo.environment["PUPPET_SCREENSHOTS"]

    private static let states: [(name: String, change: (inout WindowScene) -> Void)] = [
        ("guide-oval", { $0.previewMessage = WindowMessage("move closer") }),
        (
            "guide-rectangle",
            {
                $0.guide = .rectangle
                $0.previewMessage = WindowMessage(
                    "too dark to see you well: more light from the front", isWarning: true)
            }
        ),
        ("calibrated", { $0.isCalibrated = true }),
        ("waiting", { ($0.preview, $0.avatar) = (nil, nil) }),
        ("calibrating", { $0.avatar = nil }),
        ("countdown", { $0.countdown = 3 }),
        (
            "ghost",
            {
                $0.view.ghost = 0.5
                $0.isCalibrated = true
            }
        ),
        ("keypoints", { ($0.view.showsKeypoints, $0.isCalibrated) = (true, true) }),
        (
            "keypoints-mirrored",
            {
                ($0.view.showsKeypoints, $0.isCalibrated) = (true, true)
                ($0.view.isPreviewMirrored, $0.isAvatarMirrored) = (true, true)
                $0.view.ghost = 0.3
            }
        ),
        ("flash", { ($0.flashed, $0.isCalibrated) = (.now, true) }),
        ("help", { $0.view.showsHelp = true }),
        ("info", { ($0.view.showsInfo, $0.isCalibrated) = (true, true) }),
        (
            "real-face",
            {
                ($0.isRealFaceShown, $0.avatar, $0.isCalibrated) = (true, $0.preview, true)
                $0.view.showsInfo = true
                $0.avatarMessage = WindowMessage("press 0 to send the avatar again")
            }
        ),
        (
            "cameras",
            {
                ($0.view.strip, $0.chosenThumbnail, $0.recordedSeconds) = (.cameras, 0, 83)
                $0.thumbnails = [
                    WindowThumbnail(picture: $0.preview, caption: "Integrated Camera: IR"),
                    WindowThumbnail(picture: $0.ghost, caption: "Logitech BRIO"),
                    WindowThumbnail(picture: nil, caption: "HD Pro Webcam C920 (busy)"),
                ]
            }
        ),
        (
            "real-face-help",
            { ($0.isRealFaceShown, $0.avatar, $0.view.showsHelp, $0.view.showsInfo) = (true, $0.preview, true, true) }
        ),
    ]

    private func fullScene() throws -> WindowScene {
        let asset = puppet_asset_portrait()
        let bytes = UnsafeRawBufferPointer(start: asset.bytes, count: asset.count)
        let portrait = try ImageFile.decode(bytes, path: "portrait.png").asFrame()
        let size = FrameSize(square: 256)
        let camera = TestCamera(portrait: portrait, size: size, frameRate: FrameRate(25))
        for _ in 0..<30 { _ = camera.next() }
        var scene = WindowScene()
        (scene.preview, scene.avatar, scene.ghost) = (camera.next(), portrait, portrait)
        scene.driverKeypoints = (0..<10).map { index in
            let angle = Float(index) * 0.628
            return [0.45 * cos(angle), 0.1 + 0.6 * sin(angle)]
        }
        scene.calibrationKeypoints = scene.driverKeypoints.map { $0 * 0.9 + [0.08, -0.06] }
        scene.avatarKeypoints = scene.driverKeypoints.map { $0 * 0.95 }
        scene.info = """
            pictures        24.8 fps
            detect           4.1 ms
            dense motion     6.9 ms
            generate        22.0 ms
            latency         41.5 ms
            dropped            3 frames
            """
        return scene
    }

    @Test(arguments: WindowPanes.allCases) func everyStateCanBeLookedAt(_ panes: WindowPanes) throws {
        let size = panes.defaultSize
        let window = try window(size.width, size.height, panes: panes)
        var full = try fullScene()
        full.view.panes = panes
        for (name, change) in Self.states {
            var scene = full
            change(&scene)
            window.present(scene)
            let shot = try Screenshot(window)
            #expect(shot.pixels.size == size)
            guard let folder = Self.folder else { continue }
            try makeFolder(folder)
            try PNGFile.write(shot.pixels.asFrame(), to: "\(folder)/\(name)-\(panes).png")
        }
    }
}

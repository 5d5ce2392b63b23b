import System
import TestSupport
import Testing

@testable import Display

/// Scenes in a window of 400x200, so that each of two panes has 200x200 pixels.
extension WindowTests {
    private static let grey: [UInt8] = [100, 100, 100]
    private static let blue: [UInt8] = [20, 40, 160]

    private func scene() -> WindowScene {
        var scene = WindowScene()
        scene.preview = plain(100, 100, 100)
        scene.avatar = plain(20, 40, 160)
        scene.view.showsGuide = false
        return scene
    }

    private func show(_ scene: WindowScene, _ width: Int = 400, _ height: Int = 200) throws -> Screenshot {
        let window = try window(width, height, panes: scene.view.panes)
        window.present(scene)
        return try Screenshot(window)
    }

    @Test func panesAreSideBySideOrAlone() throws {
        var scene = scene()
        let both = try show(scene)
        #expect(both(0, 0) == Self.grey && both(199, 199) == Self.grey)
        #expect(both(200, 0) == Self.blue && both(399, 199) == Self.blue)
        scene.view.panes = .preview
        let preview = try show(scene)
        #expect(preview(99, 100) == [0, 0, 0] && preview(100, 100) == Self.grey && preview(299, 100) == Self.grey)
        scene.view.panes = .avatar
        #expect(try show(scene)(200, 100) == Self.blue)
    }

    @Test func aPaneWithoutAPictureSaysWhy() throws {
        var scene = scene()
        (scene.preview, scene.avatar) = (scene.preview, nil)
        let calibrating = try show(scene)
        #expect(calibrating(10, 10) == Self.grey && calibrating(210, 10) == [32, 34, 38])
        #expect(calibrating.count(200..<400, 80..<120, where: isBright) > 60)
        (scene.preview, scene.avatar) = (nil, plain(20, 40, 160))
        scene.countdown = 3
        let waiting = try show(scene)
        #expect(waiting(10, 10) == [32, 34, 38] && waiting(210, 10) == Self.blue)
        #expect((60..<2000).contains(waiting.count(0..<200, 80..<120, where: isBright)), "words, and no figure")
    }

    @Test func panesAreMirroredEachOnItsOwn() throws {
        var scene = scene()
        (scene.preview, scene.avatar) = (redAndBlue(), redAndBlue())
        for (preview, avatar) in [(false, false), (true, false), (false, true), (true, true)] {
            (scene.view.isPreviewMirrored, scene.isAvatarMirrored) = (preview, avatar)
            let shot = try show(scene)
            let (red, blue): ([UInt8], [UInt8]) = ([255, 0, 0], [0, 0, 255])
            #expect(shot(20, 100) == (preview ? blue : red) && shot(180, 100) == (preview ? red : blue))
            #expect(shot(220, 100) == (avatar ? blue : red) && shot(380, 100) == (avatar ? red : blue))
        }
    }

    @Test(arguments: [GuideShape.oval, .rectangle]) func theGuideIsRedUntilCalibrated(_ shape: GuideShape) throws {
        var scene = scene()
        (scene.view.showsGuide, scene.guide) = (true, shape)
        let red = try show(scene)
        // 120x160 in the middle of 200x200.
        for (x, y) in [(40, 100), (158, 100), (100, 20), (100, 178)] { #expect(isRed(red(x, y)), "\(x) \(y)") }
        #expect(isRed(red(41, 21)) == (shape == .rectangle), "a corner")
        #expect(red(100, 100) == Self.grey && red(30, 100) == Self.grey)
        #expect(red.count(200..<400, 0..<200, where: isRed) == 0, "on the avatar")
        scene.isCalibrated = true
        let dim = try show(scene)(40, 100)
        #expect(dim[0] > 130 && dim[0] < 190 && dim[0] == dim[1], "\(dim)")
        scene.view.showsGuide = false
        #expect(try show(scene)(40, 100) == Self.grey)
    }

    @Test func theGhostMixesWithThePreviewAndIsMirroredWithIt() throws {
        var scene = scene()
        scene.ghost = redAndBlue()
        let expected: [(Double, [UInt8])] = [(0, Self.grey), (0.5, [178, 50, 50]), (1, [255, 0, 0])]
        for (alpha, colour) in expected {
            scene.view.ghost = alpha
            for isMirrored in [false, true] {
                scene.view.isPreviewMirrored = isMirrored
                let shot = try show(scene)
                let pixel = shot(isMirrored ? 180 : 20, 100)
                let difference = zip(pixel, colour).map { abs(Int($0) - Int($1)) }.max()!
                #expect(difference <= 2, "alpha \(alpha): \(pixel), should be \(colour)")
                #expect(shot(300, 100) == Self.blue)
            }
        }
    }

    @Test func keypointsAreWhereTheyShouldBeAlsoMirrored() throws {
        var scene = scene()
        scene.view.showsKeypoints = true
        scene.driverKeypoints = [[-0.5, 0], [0.2, 0.6]]
        scene.calibrationKeypoints = [[-0.5, -0.6], [0.2, 0.6]]
        scene.avatarKeypoints = [[-0.8, 0.5]]
        let first: [UInt8] = [255, 64, 64]
        for isMirrored in [false, true] {
            (scene.view.isPreviewMirrored, scene.isAvatarMirrored) = (isMirrored, isMirrored)
            let shot = try show(scene)
            let x = isMirrored ? 149 : 50
            #expect(shot(x, 100) == first && shot(x + 3, 100) == first && shot(x, 40) == first)
            // Between them a faint line, around the cross nothing.
            #expect(shot(x, 70)[0] > 140 && shot(x, 70)[1] < 100 && shot(x + 4, 44) == Self.grey)
            #expect(shot(isMirrored ? 80 : 119, 159) == [64, 200, 64])
            #expect(shot(isMirrored ? 379 : 220, 149) == first)
        }
        scene.view.showsKeypoints = false
        #expect(try show(scene)(50, 100) == Self.grey)
    }

    @Test func everyKeypointOfTenHasItsColour() {
        let colours = KeypointOverlay.colours
        for (index, colour) in colours.enumerated() {
            for other in colours[..<index] {
                let distance =
                    abs(Int(colour.red) - Int(other.red)) + abs(Int(colour.green) - Int(other.green))
                    + abs(Int(colour.blue) - Int(other.blue))
                #expect(distance > 90, "\(colour) and \(other)")
            }
        }
        #expect(colours.count == 10)
    }

    @Test func theCountdownIsLargeAndInTheMiddle() throws {
        var scene = scene()
        scene.countdown = 3
        let shot = try show(scene)
        #expect(shot.count(60..<140, 50..<150, where: isBright) > 500)
        #expect(shot.count(0..<50, 0..<200, where: isBright) == 0)
    }

    @Test func messagesAreAtTheBottomAndNeverMirrored() throws {
        var scene = scene()
        scene.previewMessage = WindowMessage("move closer")
        scene.avatarMessage = WindowMessage("low light", isWarning: true)
        let shot = try show(scene)
        #expect(shot.count(0..<200, 170..<200, where: isBright) > 60)
        #expect(shot.count(200..<400, 170..<200, where: isAmber) > 60)
        #expect(shot(100, 100) == Self.grey && shot(300, 100) == Self.blue)
        (scene.view.isPreviewMirrored, scene.isAvatarMirrored) = (true, true)
        #expect(try show(scene).pixels.maximumDifference(from: shot.pixels) == 0)
    }

    @Test func aFlashIsGreenAndFades() throws {
        var scene = scene()
        scene.flashed = .now
        let window = try window(400, 200, panes: .both)
        window.present(scene)
        let pixel = try Screenshot(window)(100, 100)
        #expect(pixel[1] > 110 && pixel[0] < 95 && pixel[2] == pixel[0], "\(pixel)")
        #expect(try Screenshot(window)(300, 100) == Self.blue)
        // Events are looked at all the time; nothing else draws while the camera is away.
        let end = MonotonicTime.now.advanced(byNanoseconds: 5_000_000_000)
        while try Screenshot(window)(100, 100) != Self.grey, MonotonicTime.now < end { window.pollEvents { _ in } }
        #expect(try Screenshot(window)(100, 100) == Self.grey)
        #expect(MonotonicTime.now.milliseconds(since: scene.flashed!) >= 300)
    }
}

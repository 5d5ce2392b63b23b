import Display
import Frames
import System
import TestSupport
import Testing

@testable import Driving
@testable import Live

@Suite("Which camera drives", .timeLimit(.minutes(5)))
struct CameraPickerTests {
    private static let three = [
        CameraChoice(path: "/dev/video90", name: "Integrated Camera", isBusy: false),
        CameraChoice(path: "/dev/video91", name: "Logitech BRIO", isBusy: false),
        CameraChoice(path: "/dev/video92", name: "Logitech C920", isBusy: true),
    ]

    private func picker(
        _ current: String, _ chosen: Collected<String>, _ cameras: [CameraChoice] = three
    ) -> CameraPicker {
        CameraPicker(current: current, choose: { chosen.append($0) }, find: { cameras })
    }

    @Test func oneIsChosenByWhateverItIsCalled() {
        let chosen = Collected<String>()
        let picker = picker("/dev/video90", chosen)
        func ask(_ step: CameraStep) -> String {
            do throws(PuppetError) { return try picker.choose(step) } catch { return "\(error)" }
        }
        #expect(ask(.next) == "/dev/video91")
        #expect(ask(.next) == "/dev/video91", "until it drives")
        picker.changed(to: "/dev/video91")
        #expect(ask(.next) == "/dev/video92")
        picker.changed(to: "/dev/video92")
        #expect(ask(.next) == "/dev/video90", "round and round")
        #expect(ask(.named("brio")) == "/dev/video91" && ask(.named("integrated camera")) == "/dev/video90")
        #expect(ask(.named("/dev/video7")) == "/dev/video7", "one that is not listed, such as a virtual one")
        #expect(ask(.index(0)) == "/dev/video90")
        #expect(ask(.index(3)) == "camera 4: there are 3")
        #expect(ask(.named("c920")) == "camera /dev/video92: it drives already")
        let names = "Integrated Camera, Logitech BRIO, Logitech C920"
        #expect(ask(.named("obs")) == "camera obs: none is called so; there are \(names)")
        #expect(chosen.all.count == 8)
    }

    @Test func thereMayBeNoOther() {
        let chosen = Collected<String>()
        func refusal(_ picker: CameraPicker, _ step: CameraStep) -> String {
            do throws(PuppetError) { return try picker.choose(step) } catch { return "\(error)" }
        }
        #expect(refusal(picker("/dev/video90", chosen, [Self.three[0]]), .next) == "camera next: there is no other")
        #expect(refusal(picker("/dev/video90", chosen, []), .named("x")) == "camera x: there is none")
        #expect(chosen.all.isEmpty)
    }

    @Test func theStripShowsThemAll() throws {
        let picker = picker("/dev/video91", Collected<String>())
        #expect(picker.thumbnails(driver: nil).thumbnails.isEmpty, "before anybody has looked")
        picker.look()
        try waitUntil("they are found") { !picker.thumbnails(driver: nil).thumbnails.isEmpty }
        let driver = PixelBuffer.smooth(FrameSize(square: 64)).asFrame()
        let strip = picker.thumbnails(driver: driver)
        #expect(strip.chosen == 1)
        #expect(
            strip.thumbnails.map(\.caption) == ["Integrated Camera", "Logitech BRIO", "Logitech C920 (busy)"])
        #expect(strip.thumbnails[1].picture?.pixels === driver.pixels, "what the network sees")
        #expect(strip.thumbnails[0].picture == nil, "there is no such device here")
    }
}

import Testing

@testable import Driving

@Suite("Which camera drives where none was named")
struct CameraChoiceTests {
    private let infrared = CameraChoice(path: "/dev/video0", name: "IR", isBusy: false, isGrey: true)
    private let busy = CameraChoice(path: "/dev/video2", name: "Integrated", isBusy: true)
    private let free = CameraChoice(path: "/dev/video4", name: "USB", isBusy: false)

    @Test func theFirstInColorThatNobodyUses() {
        #expect(CameraChoice.usual(among: [infrared, busy, free]) == free)
        #expect(CameraChoice.usual(among: [free, CameraChoice(path: "/dev/video6", name: "B", isBusy: false)]) == free)
    }

    @Test func theNextBestWhereThereIsNoSuchOne() {
        #expect(CameraChoice.usual(among: [infrared, busy]) == busy, "whoever has it is named when it is opened")
        #expect(CameraChoice.usual(among: [infrared]) == infrared)
        #expect(CameraChoice.usual(among: []) == nil)
    }
}

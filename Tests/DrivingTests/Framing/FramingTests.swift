import FOMMCore
import Frames
import Testing

@testable import Driving
@testable import System

@Suite("Which square of the camera's picture is looked at")
struct FramingTests {
    private static let size = FrameSize(width: 640, height: 480)

    private func square(_ framing: Framing, in size: FrameSize = size) -> String {
        framing.square(in: size).description
    }

    @Test func itBeginsWhereItWasAskedTo() throws {
        #expect(square(try Framing(.center, in: Self.size)) == "480x480+80+0")
        #expect(square(try Framing(.auto, in: Self.size)) == "480x480+80+0", "until a face is found")
        #expect(square(try Framing(.square(x: 340, y: 180, side: 300), in: Self.size)) == "300x300+340+180")
    }

    @Test(arguments: [(341, 0, 300), (0, 181, 300), (-1, 0, 10), (0, -1, 10), (0, 0, 0), (0, 0, 481), (0, 0, .max)])
    func aSquareThatIsNotInThePictureIsRefused(_ x: Int, _ y: Int, _ side: Int) {
        let error = #expect(throws: PuppetError.self) { try Framing(.square(x: x, y: y, side: side), in: Self.size) }
        #expect(error?.code == .badCrop)
        #expect(
            error?.description
                == "--crop \(x),\(y),\(side): is not inside the picture of 640x480; "
                + "give X,Y,SIZE with X + SIZE up to 640 and Y + SIZE up to 480")
    }

    @Test func aStepOfTheZoomIsATwentiethAboutTheMiddle() throws {
        let framing = try Framing(.center, in: Self.size)
        framing.zoom(1)
        #expect(square(framing) == "456x456+92+12")
        framing.zoom(-1)
        #expect(square(framing) == "480x480+80+0")
        framing.zoom(0.5)
        #expect(square(framing) == "468x468+86+6")
    }

    @Test func zoomAndShiftEndAtTheEdge() throws {
        let framing = try Framing(.center, in: Self.size)
        framing.zoom(1000)
        #expect(square(framing) == "48x48+296+216", "a tenth of the shorter side")
        framing.shift(x: 10_000, y: -10_000)
        #expect(square(framing) == "48x48+592+0")
        framing.zoom(-1000)
        #expect(square(framing) == "480x480+160+0", "the whole height, as far right as before")
        framing.shift(x: -7, y: 3)
        #expect(square(framing) == "480x480+153+0", "there is no room above or below")
    }

    @Test func resetGoesBackToTheStart() throws {
        let framing = try Framing(.square(x: 10, y: 20, side: 200), in: Self.size)
        framing.zoom(3)
        framing.shift(x: 40, y: 50)
        framing.look(at: FrameSquare(x: 300, y: 100, side: 99, in: Self.size))
        #expect(square(framing) == "99x99+300+100")
        framing.reset()
        #expect(square(framing) == "200x200+10+20")
    }

    @Test func aPictureOfAnotherSizeKeepsTheSquareInItsPlace() throws {
        let framing = try Framing(.square(x: 200, y: 120, side: 240), in: Self.size)
        #expect(square(framing, in: FrameSize(width: 1280, height: 960)) == "480x480+400+240")
        #expect(framing.size == FrameSize(width: 1280, height: 960))
        #expect(square(framing, in: FrameSize(width: 1280, height: 720)) == "360x360+460+180", "cut off, centred")
        framing.reset()
        #expect(square(framing, in: FrameSize(width: 1280, height: 720)) == "360x360+460+180", "its home moves along")
        #expect(square(framing) == "240x240+200+120", "and back")
    }

    @Test func whatIsLookedAtLiesInThePicture() throws {
        let framing = try Framing(.center, in: Self.size)
        framing.look(at: FrameSquare(x: 900, y: 500, side: 700, in: FrameSize(width: 1920, height: 1200)))
        #expect(framing.square(in: Self.size).isInside(Self.size), "\(square(framing))")
        let tiny = FrameSize(width: 1, height: 3)
        #expect(framing.square(in: tiny).isInside(tiny), "\(square(framing, in: tiny))")
        framing.zoom(5)
        framing.shift(x: 3, y: 3)
        #expect(framing.square(in: tiny).isInside(tiny), "\(square(framing, in: tiny))")
    }
}

@Suite("What the driver should change about the picture")
struct FramingAdviceTests {
    private let frame = PixelBuffer(FrameSize(square: 64)) { _, _ in (120, 120, 120) }.asFrame()

    private static let source: Keypoints = {
        var keypoints = Keypoints(count: 10, hasJacobians: false)
        for index in 0..<10 {
            keypoints[value: index] = SIMD2(Float(index % 4) / 5 - 0.3, Float(index / 4) / 5 - 0.2)
        }
        return keypoints
    }()

    private func advice(_ scale: Float, _ shift: SIMD2<Float> = .zero, _ frame: Frame? = nil) -> FramingAdvice? {
        var driving = Self.source
        for index in 0..<10 { driving[value: index] = scale * Self.source[value: index] + shift }
        return FramingAdvice(frame ?? self.frame, driving, source: Self.source)
    }

    @Test func aFaceLikeTheAvatarsIsFine() {
        #expect(advice(1) == nil)
        #expect(advice(0.7, SIMD2(0.3, -0.2)) == nil, "somewhat small and off the middle")
    }

    @Test func everyTroubleHasItsWord() {
        #expect(advice(0.4) == .tooSmall)
        #expect(advice(2.2) == .tooLarge)
        #expect(advice(1, SIMD2(0.6, 0)) == .halfOut)
        #expect(advice(1, SIMD2(0, -0.6)) == .halfOut)
        let dark = PixelBuffer(FrameSize(square: 64)) { _, _ in (60, 12, 60) }.asFrame()
        #expect(advice(0.4, .zero, dark) == .tooDark, "first things first")
    }

    @Test func numbersThatAreNoneGiveNoAdvice() {
        #expect(advice(.nan) == nil)
        #expect(advice(.infinity) == nil)
        #expect(advice(0) == nil, "keypoints all in one place")
    }
}

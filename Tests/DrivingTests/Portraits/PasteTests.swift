import Assets
import CAllocationCounter
import FOMMCore
import Frames
import TestSupport
import Testing

@testable import Driving

/// A face goes back into the photograph that it was cut out of.
@Suite("Faces in their photographs", .timeLimit(.minutes(5)))
struct PasteTests {
    private static let size = FrameSize(width: 901, height: 601)
    private static let square = FrameSquare(x: 300, y: 120, side: 400, in: size)
    private let detector: FrameDetector
    private let photograph: PixelBuffer
    private let avatar: Avatar

    init() throws {
        detector = FrameDetector(try FOMMModel(EmbeddedAssets.model), threads: 2)
        var page = AlbumPage(.smooth(Self.size))
        page.stick(try EmbeddedAssets.portrait(), at: Self.square)
        photograph = page.picture
        let (x, y, side) = (Self.square.x, Self.square.y, Self.square.side)
        avatar = try AvatarReader(detector).avatar(
            photograph, name: "photograph", AvatarFraming(crop: .square(x: x, y: y, side: side), pastes: true))
    }

    /// What is shown with the avatar's keypoints moved by so much to the right and down; -1...1 is the square.
    private func picture(moved: SIMD2<Float>, _ step: QualityStep = .exact) -> PixelBuffer {
        var renderer = AvatarRenderer(FrameGenerator(detector.model, threads: 2), capacity: 1)
        return renderer.render(motion(moved), step).frame.pixels
    }

    private func motion(_ moved: SIMD2<Float>, sequence: Int = 0) -> MotionFrame {
        var keypoints = avatar.context.keypoints
        for index in 0..<keypoints.count { keypoints[value: index] += moved }
        return MotionFrame(
            keypoints: keypoints, avatar: avatar, sequence: sequence,
            times: FrameTimes(captured: .now, detectStarted: .now, detected: .now))
    }

    @Test func aPhotographIsShownInTwosAndAtMostSoLarge() throws {
        #expect(avatar.shownSize == FrameSize(width: 900, height: 600))
        let cases: [(FrameSize, FrameSquare, FrameSize, FrameSquare)] = [
            // A third of it, in whole pixels of both.
            (
                FrameSize(width: 3841, height: 2000),
                FrameSquare(x: 1000, y: 100, side: 901, in: FrameSize(width: 3841, height: 2000)),
                FrameSize(width: 960, height: 500),
                FrameSquare(x: 250, y: 25, side: 225, in: FrameSize(width: 960, height: 500))
            ),
            (
                FrameSize(width: 1280, height: 1281), .centred(in: FrameSize(width: 1280, height: 1281)),
                FrameSize(square: 640), .centred(in: FrameSize(square: 640))
            ),
            (
                FrameSize(width: 7, height: 5), .centred(in: FrameSize(width: 7, height: 5)),
                FrameSize(width: 6, height: 4),
                FrameSquare(x: 1, y: 0, side: 4, in: FrameSize(width: 6, height: 4))
            ),
            (
                FrameSize(square: 1), .centred(in: FrameSize(square: 1)), FrameSize(square: 1),
                .centred(in: FrameSize(square: 1))
            ),
        ]
        for (size, square, shown, place) in cases {
            let all = Surroundings(of: .smooth(size), about: square, motionSize: 64)
            #expect(all.photograph.size == shown && all.square == place, "\(all.photograph.size), \(all.square)")
            let factor = all.original.side / place.side
            #expect(all.original.x == factor * place.x && all.original.side == factor * place.side)
            #expect(all.original.isInside(size))
            #expect(all.cover.count == 3 * place.side * place.side)
        }
    }

    @Test(
        "what is around the square stays as it is, whatever moves", arguments: [SIMD2<Float>(0, 0), SIMD2(0.1, -0.08)])
    func around(_ moved: SIMD2<Float>) {
        let shown = picture(moved: moved)
        #expect(shown.size == FrameSize(width: 900, height: 600))
        var changed = 0
        for y in stride(from: 0, to: 600, by: 3) {
            for x in stride(from: 0, to: 900, by: 3) {
                let isInside = (300..<700).contains(x) && (120..<520).contains(y)
                if !isInside, shown.pixel(x, y) != photograph.pixel(x, y) { changed += 1 }
            }
        }
        #expect(changed == 0, "\(changed) pixels")
    }

    /// Along the seam a picture has the colours of the photograph, also where a shoulder moves beside it.
    @Test("no seam is seen", arguments: [SIMD2<Float>(0, 0), SIMD2(0.1, -0.08)])
    func seam(_ moved: SIMD2<Float>) {
        let shown = picture(moved: moved)
        for inset in [0, 2, 6] {
            let (near, far) = (inset, 399 - inset)
            var line: [(Int, Int)] = []
            for step in near...far { line += [(step, near), (step, far), (near, step), (far, step)] }
            for channel in 0..<3 {
                let differences = line.map { x, y in
                    Double(shown.pixel(300 + x, 120 + y)[channel])
                        - Double(photograph.pixel(300 + x, 120 + y)[channel])
                }
                let mean = differences.reduce(0, +) / Double(differences.count)
                #expect(abs(mean) < 2, "\(inset) pixels from the edge, channel \(channel): \(mean) levels")
            }
        }
    }

    @Test func theFaceMoves() {
        let (still, moved) = (picture(moved: SIMD2(0, 0)), picture(moved: SIMD2(0.1, -0.08)))
        func middle(_ picture: PixelBuffer) -> PixelBuffer {
            let fit = SquareFit(
                from: picture.size, side: 200, square: FrameSquare(x: 400, y: 220, side: 200, in: picture.size))
            return PixelBuffer(size: FrameSize(square: 200)) { fit(picture, into: $0) }
        }
        #expect(middle(still).meanDifference(from: middle(moved)) > 4)
        #expect(middle(still).meanDifference(from: middle(photograph)) < 8)
        let quick = picture(moved: SIMD2(0.1, -0.08), QualityStep.ladder.last!)
        #expect(quick.size == moved.size && quick.meanDifference(from: moved) < 4)
    }

    @Test func nothingIsAllocatedPerPicture() {
        var renderer = AvatarRenderer(FrameGenerator(detector.model, threads: 1), capacity: 2)
        let motions = (0..<6).map { motion(SIMD2(Float($0) / 100, 0), sequence: $0) }
        for motion in motions.prefix(2) { _ = renderer.render(motion) }
        allocation_counter_start()
        for motion in motions.dropFirst(2) { _ = renderer.render(motion) }
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 4 pictures")
    }
}

import FOMMCore
import Frames
import TestSupport
import Testing

@testable import Driving

@Suite("Keypoints seen from another viewpoint")
struct ViewpointTests {
    private static let size = FrameSize(width: 640, height: 480)
    private static let whole = Viewpoint(.centred(in: size), of: size, side: 256)
    private static let detail = Viewpoint(FrameSquare(x: 200, y: 60, side: 300, in: size), of: size, side: 256)
    private static let small = Viewpoint(FrameSquare(x: 31, y: 101, side: 127, in: size), of: size, side: 64)

    private func someKeypoints() -> Keypoints {
        var keypoints = Keypoints(count: 10, hasJacobians: true)
        for index in 0..<10 {
            keypoints[value: index] = SIMD2(Float(index) / 7 - 0.7, 0.6 - Float(index * index) / 90)
            keypoints[jacobian: index] = Matrix2x2(1 + Double(index) / 10, 0.2, -0.1, 0.8)
        }
        return keypoints
    }

    @Test func oneAndTheSameViewpointChangesNothing() {
        let detection = Detection(keypoints: someKeypoints(), spreads: .init(repeating: 0.17))
        #expect(detection.seen(from: Self.detail, as: Self.detail) == detection, "bit for bit")
    }

    @Test func thereAndBackIsWhereItBegan() {
        let keypoints = someKeypoints()
        for (one, other) in [(Self.whole, Self.detail), (Self.detail, Self.small), (Self.small, Self.whole)] {
            let back = keypoints.seen(from: one, as: other).seen(from: other, as: one)
            for index in 0..<keypoints.count {
                let way = back[value: index] - keypoints[value: index]
                #expect(max(abs(way.x), abs(way.y)) < 1e-5, "keypoint \(index) off by \(way)")
                #expect(abs(back[jacobian: index].xx - keypoints[jacobian: index].xx) < 1e-5, "Jacobian \(index)")
            }
        }
    }

    @Test func whatIsLookedAtCloserIsLargerInEveryWay() {
        // Half the side, so that lengths double.
        let close = Viewpoint(FrameSquare(x: 200, y: 120, side: 240, in: Self.size), of: Self.size, side: 256)
        let keypoints = someKeypoints()
        let before = Detection(keypoints: keypoints, spreads: .init(repeating: 0.1))
        let after = before.seen(from: Self.whole, as: close)
        for index in 0..<keypoints.count {
            let (old, new) = (keypoints[jacobian: index], after.keypoints[jacobian: index])
            #expect(abs(new.xx - 2 * old.xx) < 1e-6 && abs(new.yx - 2 * old.yx) < 1e-6, "Jacobian \(index): \(new)")
            let way = after.keypoints[value: index] - 2 * keypoints[value: index]
            #expect(max(abs(way.x), abs(way.y)) < 1e-5, "about the middle, which is the same: off by \(way)")
        }
        #expect(abs(after.spreads[3] - 0.2) < 1e-6, "a spread of \(after.spreads[3])")
    }

    /// A blob stands for a feature, its centre of brightness for a detector: what ``SquareFit`` does to pixels,
    /// ``Keypoints/seen(from:as:)`` does to keypoints.
    @Test(arguments: [(330.0, 200.0), (250, 130), (410, 290)])
    func aKeypointStaysOnItsFeature(_ x: Double, _ y: Double) throws {
        let picture = Self.blob(x, y)
        let near = Viewpoint(FrameSquare(x: 180, y: 60, side: 301, in: Self.size), of: Self.size, side: 100)
        let found = [Self.whole, near, Self.detail].map { Self.centre(of: picture, $0) }
        for (index, viewpoint) in [Self.whole, near, Self.detail].enumerated() {
            var keypoint = Keypoints(count: 1, hasJacobians: false)
            keypoint[value: 0] = found[0]
            let moved = keypoint.seen(from: Self.whole, as: viewpoint)[value: 0]
            let way = moved - found[index]
            #expect(max(abs(way.x), abs(way.y)) < 0.004, "viewpoint \(index): half a pixel is 0.004, off by \(way)")
        }
    }

    /// A camera that came back with twice the pixels shows the same scene.
    @Test func aPictureOfAnotherSizeShowsTheSameScene() {
        let large = FrameSize(width: 1280, height: 960)
        let same = Viewpoint(FrameSquare(x: 400, y: 120, side: 600, in: large), of: large, side: 256)
        let keypoints = someKeypoints()
        let moved = keypoints.seen(from: Self.detail, as: same)
        for index in 0..<keypoints.count {
            let way = moved[value: index] - keypoints[value: index]
            #expect(max(abs(way.x), abs(way.y)) < 1e-6, "keypoint \(index) off by \(way)")
        }
    }

    @Test func aFrameSaysWhatItShows() {
        let fit = SquareFit(from: Self.size, side: 64, square: Self.detail.square)
        let pool = FramePool(size: FrameSize(square: 64), capacity: 1)
        let frame = fit(PixelBuffer.smooth(Self.size).asFrame(), from: pool)
        #expect(Viewpoint(of: frame) == Viewpoint(Self.detail.square, of: Self.size, side: 64))
    }

    private static func blob(_ x: Double, _ y: Double) -> PixelBuffer {
        PixelBuffer(size) { column, row in
            let (dx, dy) = ((Double(column) + 0.5 - x) / 12, (Double(row) + 0.5 - y) / 12)
            let level = UInt8(max(0, 255 * (1 - (dx * dx + dy * dy) / 4)))
            return (level, level, level)
        }
    }

    private static func centre(of picture: PixelBuffer, _ viewpoint: Viewpoint) -> SIMD2<Float> {
        let fit = SquareFit(from: size, side: viewpoint.side, square: viewpoint.square)
        let seen = PixelBuffer(size: FrameSize(square: viewpoint.side)) { fit(picture, into: $0) }
        var (sum, total) = (SIMD2<Double>.zero, 0.0)
        seen.withBytes { bytes in
            for index in 0..<viewpoint.side * viewpoint.side {
                let level = Double(bytes[3 * index])
                sum += level * SIMD2(Double(index % viewpoint.side), Double(index / viewpoint.side))
                total += level
            }
        }
        return SIMD2<Float>(2 * (sum / total) / Double(viewpoint.side - 1) - 1)
    }
}

@Suite("What a detector makes of another crop, undone")
struct CropCorrectionTests {
    private typealias Examples = CalibrationExamples
    private static let near = Viewpoint(
        FrameSquare(x: 100, y: 20, side: 300, in: Examples.viewpoint.sourceSize), of: Examples.viewpoint.sourceSize,
        side: 256)

    @Test func withoutAChangeNothingChanges() {
        var correction = CropCorrection()
        for shift in [SIMD2<Float>(0, 0), SIMD2(0.4, 0), SIMD2(-0.4, 0.2)] {
            let keypoints = Examples.keypoints(shift)
            #expect(correction(keypoints, Examples.viewpoint, isFace: true) == keypoints, "bit for bit")
        }
    }

    @Test func whatTheDetectorSeesDifferentlyIsCarriedAlong() {
        var correction = CropCorrection()
        let before = Examples.keypoints()
        _ = correction(before, Examples.viewpoint, isFace: true)
        var seen = Examples.keypoints(SIMD2(0.03, -0.02))
        seen[jacobian: 4] = Matrix2x2(0.7, 0.2, 0.1, 0.9)
        let after = correction(seen, Self.near, isFace: true)
        #expect(largestDistance(after, before) < 1e-6, "off by \(largestDistance(after, before))")
        #expect(abs(after[jacobian: 4].xx - before[jacobian: 4].xx) < 1e-6, "\(after[jacobian: 4])")
        let moved = correction(Examples.keypoints(SIMD2(0.13, -0.02)), Self.near, isFace: true)
        let way = moved[value: 2] - before[value: 2]
        #expect(abs(way.x - 0.1) < 1e-6 && abs(way.y) < 1e-6, "a movement is a movement: \(way)")
    }

    @Test func aMovementOrAnEmptyChairExplainsNothing() {
        var correction = CropCorrection()
        _ = correction(Examples.keypoints(), Examples.viewpoint, isFace: true)
        let far = Examples.keypoints(SIMD2(0.5, 0))
        #expect(correction(far, Self.near, isFace: true) == far)
        _ = correction(far, Self.near, isFace: false)
        let other = Examples.keypoints(SIMD2(0.45, 0))
        #expect(correction(other, Examples.viewpoint, isFace: true) == other, "nobody was there just before")
    }
}

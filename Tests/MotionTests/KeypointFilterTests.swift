import Foundation
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Smoothing of keypoints")
struct KeypointFilterTests {
    private let face = Keypoints.face()

    @Test func strengthZeroIsTheIdentity() {
        var filter = KeypointFilter(strength: 0)
        for frame in 0..<20 {
            let noisy = face.disturbed(by: 0.1, seed: UInt64(frame))
            #expect(filter(noisy, at: Double(frame) / 30) == noisy, "frame \(frame)")
        }
    }

    @Test func theFirstKeypointsAreTakenAsTheyAre() {
        var filter = KeypointFilter(strength: 1)
        #expect(filter(face, at: 12) == face)
        #expect(filter(face, at: 12.04) == face, "and what stays stays")
        let other = face.moved(by: [0.3, 0])
        filter.reset()
        #expect(filter(other, at: 12.08) == other, "after a reset")
        #expect(filter(face, at: 12.7) == face, "after a gap")
    }

    @Test(arguments: [0.25, 0.5, 0.75, 1])
    func aStillFaceTremblesLess(_ strength: Double) {
        var filter = KeypointFilter(strength: strength)
        var (before, after) = (0.0, 0.0)
        for frame in 0..<300 {
            let noisy = face.disturbed(by: 0.01, seed: UInt64(frame))
            let calm = filter(noisy, at: Double(frame) / 30)
            guard frame >= 60 else { continue }
            before += pow(noisy.distance(to: face), 2)
            after += pow(calm.distance(to: face), 2)
        }
        let ratio = (after / before).squareRoot()
        #expect(ratio < (strength < 0.5 ? 0.75 : 0.5), "\(ratio) of the tremble is left at strength \(strength)")
    }

    /// More strength, less tremble and more lag.
    @Test func strengthIsMonotonic() {
        func wayDone(_ strength: Double) -> Double {
            var filter = KeypointFilter(strength: strength)
            _ = filter(face, at: 0)
            let moved = filter(face.moved(by: [0.1, 0]), at: 1.0 / 30)
            return Double(moved[value: 0].x - face[value: 0].x) / 0.1
        }
        let ways = stride(from: 0.001, through: 1, by: 0.027).map(wayDone)
        #expect(zip(ways, ways.dropFirst()).allSatisfy { $0 > $1 }, "way to a step in a frame: \(ways)")
        #expect(ways[0] > 0.97, "a thousandth of smoothing is nearly none, not \(ways[0])")
    }

    /// A movement is as late at one frame rate as at another.
    @Test func timeCountsNotFrames() {
        func wayDone(rate: Double) -> Double {
            var filter = KeypointFilter(strength: 0.5)
            var last = face
            for frame in 0...Int(0.4 * rate) {
                let seconds = Double(frame) / rate
                last = filter(face.moved(by: [0.5 * seconds, 0]), at: seconds)
            }
            return Double(last[value: 0].x - face[value: 0].x) / 0.2
        }
        let ways = [15.0, 30, 60].map(wayDone)
        #expect(ways.max()! - ways.min()! < 0.08, "0.4 s into a movement at 15, 30, 60 frames a second: \(ways)")
    }

    @Test func whatIsNotFiniteIsKeptOut() {
        var filter = KeypointFilter(strength: 0.5)
        _ = filter(face, at: 0)
        let before = filter(face.disturbed(by: 0.01, seed: 3), at: 0.03)
        for bad in [Float.nan, .infinity] {
            var broken = face
            broken[value: 4].y = bad
            #expect(filter(broken, at: 0.06) == before, "\(bad)")
        }
        #expect(filter(face, at: 0.09).allFinite)
    }

    @Test func aClockThatStandsOrGoesBackGivesTheLastEstimate() {
        var filter = KeypointFilter(strength: 0.5)
        _ = filter(face, at: 5)
        let last = filter(face.moved(by: [0.1, 0]), at: 5.03)
        #expect(filter(face.moved(by: [0.2, 0]), at: 5.03) == last)
        #expect(filter(face.moved(by: [0.2, 0]), at: 4.9) == last)
        #expect(filter(face, at: 1) == face, "another clock is another beginning")
    }

    /// What is filtered is a place: where the frame's middle is does not matter, nor which way is up.
    @Test func movesWithTheFrame() {
        var (filter, other) = (KeypointFilter(strength: 0.5), KeypointFilter(strength: 0.5))
        for frame in 0..<30 {
            let driving = face.disturbed(by: 0.05, seed: UInt64(frame))
            let expected = filter(driving, at: Double(frame) / 30).moved(angle: 0.7, by: [0.2, -0.1])
            let actual = other(driving.moved(angle: 0.7, by: [0.2, -0.1]), at: Double(frame) / 30)
            #expect(actual.distance(to: expected) < 1e-5, "frame \(frame): \(actual.distance(to: expected))")
        }
    }
}

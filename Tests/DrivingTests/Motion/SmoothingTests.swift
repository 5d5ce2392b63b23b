import Capture
import Foundation
import Testing

@testable import Driving
@testable import FOMMCore
@testable import Motion

/// Calm when still, prompt when not, with the bundled model. `PUPPET_MOTION_TABLE=1` prints the tables of docs/motion.md.
@Suite("Smoothing in front of the test camera")
struct SmoothingTests {
    private static let isMeasuring = ProcessInfo.processInfo.environment["PUPPET_MOTION_TABLE"] != nil
    private static let settled = 30

    private func stillTremble(_ bench: MotionBench, _ still: [Keypoints], _ strength: Double) throws -> Double {
        tremble(Array(try bench.moved(still, strength: strength, rate: 30).dropFirst(Self.settled)))
    }

    /// How much later than without smoothing 90 % of a movement are reached, in milliseconds.
    private func lag(_ bench: MotionBench, _ keypoints: [Keypoints], _ strength: Double, rate: Int) throws -> Double {
        let raw = try bench.moved(keypoints, strength: 0, rate: rate)
        let smooth = try bench.moved(keypoints, strength: strength, rate: rate)
        let (start, end) = (mean(raw.prefix(rate * 2 / 5)), mean(raw.suffix(rate / 2)))
        return arrival(smooth, from: start, to: end, rate: rate) - arrival(raw, from: start, to: end, rate: rate)
    }

    @Test(arguments: [MotionBench.fineNoise, MotionBench.coarseNoise])
    func aStillFaceStaysStill(_ noise: SensorNoise) throws {
        let bench = try MotionBench()
        let still = bench.detections({ _ in .neutral }, seconds: 4, noise: noise).map(\.keypoints)
        let pixels = try stillTremble(bench, still, KeypointFilter.defaultStrength)
        #expect(pixels < 0.3, "the worst keypoint trembles by \(pixels) px rms, noise \(noise)")
    }

    @Test(arguments: [30, 15])
    func aTurnIsNotLate(_ rate: Int) throws {
        let bench = try MotionBench()
        for (name, script) in [("turn", MotionBench.turn), ("nod", MotionBench.nod)] {
            let keypoints = bench.detections(script, rate: rate).map(\.keypoints)
            let late = try lag(bench, keypoints, KeypointFilter.defaultStrength, rate: rate)
            #expect(late < 100, "a \(name) comes \(late) ms later at \(rate) frames a second")
        }
    }

    /// How much of a blink that lasts 150 ms is left, 0...1.
    private func blinkLeft(_ bench: MotionBench, _ blink: [Keypoints], _ strength: Double, rate: Int) -> Double {
        var filter = KeypointFilter(strength: strength, face: bench.face)
        let smooth = blink.enumerated().map { bench.lids(filter($1, at: Double($0) / Double(rate))) }
        let open = bench.lids(blink[0])
        return (open - smooth.min()!) / (open - blink.map(bench.lids).min()!)
    }

    @Test(arguments: [30, 25])
    func aBlinkIsSeen(_ rate: Int) throws {
        let bench = try MotionBench()
        let blink = bench.detections(MotionBench.blink, rate: rate).map(\.keypoints)
        let left = blinkLeft(bench, blink, KeypointFilter.defaultStrength, rate: rate)
        #expect(left > 0.7, "\(left) of a blink are left at \(rate) frames a second")
    }

    @Test(arguments: [MotionBench.fineNoise, MotionBench.coarseNoise])
    func aStillFacesLidsDoNotTremble(_ noise: SensorNoise) throws {
        let bench = try MotionBench()
        let still = bench.detections({ _ in .neutral }, seconds: 4, noise: noise).map(\.keypoints)
        var filter = KeypointFilter(strength: KeypointFilter.defaultStrength, face: bench.face)
        let lids = still.enumerated().map { bench.lids(filter($1, at: Double($0) / 30)) }.dropFirst(Self.settled)
        let mean = lids.reduce(0, +) / Double(lids.count)
        let tremble = (lids.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(lids.count)).squareRoot()
        #expect(tremble < 0.03 * mean, "lids \(mean) apart tremble by \(tremble), noise \(noise)")
    }

    @Test(.enabled(if: isMeasuring, "PUPPET_MOTION_TABLE=1 prints the tables of docs/motion.md"))
    func tables() throws {
        let bench = try MotionBench()
        let noises = [MotionBench.fineNoise, MotionBench.coarseNoise]
        let stills = noises.map { noise in
            bench.detections({ _ in .neutral }, seconds: 6, noise: noise).map(\.keypoints)
        }
        let moves = [(MotionBench.turn, 30), (MotionBench.turn, 15), (MotionBench.nod, 30), (MotionBench.nod, 15)]
            .map { (bench.detections($0.0, rate: $0.1).map(\.keypoints), $0.1) }
        let blinks = [30, 25].map { (bench.detections(MotionBench.blink, rate: $0).map(\.keypoints), $0) }
        print(
            "| smoothing | still, fine | still, coarse | picture, coarse | turn 30 | turn 15 | nod 30 | nod 15 | blink 30 |"
                + " blink 25 |")
        for strength in [0, 0.25, 0.5, 0.75, 1] {
            let calm = try stills.map { try stillTremble(bench, $0, strength) }
            let picture = try pictureTremble(bench, stills[1], strength)
            let lags = try moves.map { try lag(bench, $0.0, strength, rate: $0.1) }
            let left = blinks.map { String(format: "%.0f %%", 100 * blinkLeft(bench, $0.0, strength, rate: $0.1)) }
            let cells =
                (calm + [picture]).map { String(format: "%.2f", $0) } + lags.map { String(format: "%.0f", $0) } + left
            print("| \(strength) | \(cells.joined(separator: " | ")) |")
        }
    }

    /// The same for every point of the deformation, which is what moves the picture: root mean square over all of them.
    private func pictureTremble(_ bench: MotionBench, _ still: [Keypoints], _ strength: Double) throws -> Double {
        let generator = FrameGenerator(bench.model, threads: 2)
        let avatar = try AvatarList(nil).load(0, AvatarReader(bench.detector))
        let count = bench.model.dense.size * bench.model.dense.size
        let shown = try bench.shown(still, strength: strength, rate: 30)
        let frames = shown.dropFirst(Self.settled).prefix(60).map { keypoints in
            let motion = generator.denseMotion(avatar.context, showing: keypoints)
            return (0..<count).map { index in
                SIMD2(Double(motion.deformation[2 * index]), Double(motion.deformation[2 * index + 1]))
                    * Double(bench.model.frameSize - 1) / 2
            }
        }
        let middle = mean(frames)
        let squares = frames.reduce(0.0) { sum, frame in
            zip(frame, middle).reduce(sum) { $0 + (($1.0 - $1.1) * ($1.0 - $1.1)).sum() }
        }
        return (squares / Double(frames.count * count)).squareRoot()
    }
}

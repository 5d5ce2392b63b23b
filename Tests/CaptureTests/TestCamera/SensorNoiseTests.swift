import CAllocationCounter
import Frames
import TestSupport
import Testing

@testable import Capture

@Suite("The test camera's sensor, script and empty chair")
struct SensorNoiseTests {
    private let size = FrameSize(width: 160, height: 121)

    private func camera(
        _ noise: SensorNoise? = nil, frames: Int? = nil,
        script: @escaping (Double) -> TestCamera.Pose = { _ in .neutral }
    ) -> TestCamera {
        TestCamera(
            portrait: syntheticPortrait(), size: size, frameRate: FrameRate(25), frameCount: frames, script: script,
            noise: noise)
    }

    /// What noise adds to a picture of mid grey.
    private func noise(_ noise: SensorNoise, frame: Int = 0) -> [Int] {
        let grey = PixelBuffer(size: size) { pixels in
            for index in pixels.indices { pixels[index] = 128 }
            noise.add(to: pixels, size: size, frame: frame)
        }
        return grey.bytes.map { Int($0) - 128 }
    }

    private func deviation(_ values: [Int]) -> Double {
        (values.reduce(0.0) { $0 + Double($1 * $1) } / Double(values.count)).squareRoot()
    }

    @Test(arguments: [0.5, 1, 4, 12])
    func isAsStrongAsAskedAndWithoutMean(_ sigma: Double) {
        let values = noise(SensorNoise(sigma: sigma))
        // Rounding to whole levels adds a twelfth to the variance.
        let expected = (sigma * sigma + 1.0 / 12).squareRoot()
        let mean = Double(values.reduce(0, +)) / Double(values.count)
        #expect(abs(deviation(values) / expected - 1) < 0.02, "\(deviation(values)), should be \(expected)")
        #expect(abs(mean) < 0.02 * max(sigma, 1), "mean \(mean)")
    }

    @Test func isNewInEveryFrameAndPlaceAndSeed() {
        let first = noise(SensorNoise(sigma: 4)).map(Double.init)
        for (other, what) in [
            (noise(SensorNoise(sigma: 4), frame: 1), "the next frame"),
            (noise(SensorNoise(sigma: 4, seed: 2)), "another seed"),
            (Array(first.dropFirst(3) + first.prefix(3)).map { Int($0) }, "the next pixel"),
            (Array(first.dropFirst() + first.prefix(1)).map { Int($0) }, "the next channel"),
        ] {
            let agreement = correlation(first, other.map(Double.init))
            #expect(abs(agreement) < 0.03, "\(what): correlation \(agreement)")
        }
        #expect(noise(SensorNoise(sigma: 4)).map(Double.init) == first, "the same frame again")
    }

    @Test func grainIsAsLargeAsAsked() {
        let values = noise(SensorNoise(sigma: 4, grain: 8))
        #expect(abs(deviation(values) - 4) < 0.3, "\(deviation(values))")
        for y in 0..<size.height {
            for x in 0..<size.width {
                let corner = 3 * (y / 8 * 8 * size.width + x / 8 * 8)
                #expect(values[3 * (y * size.width + x)] == values[corner], "\(x), \(y)")
            }
        }
    }

    @Test func aCameraWithNoiseGivesTheSameBytesTwice() throws {
        let (first, second) = (camera(SensorNoise(sigma: 4), frames: 5), camera(SensorNoise(sigma: 4), frames: 5))
        let clean = try #require(camera().next()).bytes
        while let frame = first.next() {
            let bytes = frame.bytes
            #expect(bytes == second.next()?.bytes, "frame \(frame.sequence)")
            let difference = deviation(zip(bytes, clean).map { Int($0) - Int($1) })
            #expect(abs(difference - 4) < 0.3, "frame \(frame.sequence) differs by \(difference) from a clean one")
        }
    }

    @Test func theScriptIsTheCallers() throws {
        let camera = camera { .init(roll: $0 < 0.1 ? 0 : 20) }
        #expect(camera.pose(atFrame: 2).roll == 0 && camera.pose(atFrame: 3).roll == 20)
        let leans = try (0..<4).map { _ in try #require(camera.next()).skin.lean }
        #expect(leans[2] == leans[0] && leans[3] > leans[0] + 10, "\(leans)")
    }

    @Test func nobodyIsThereWhereTheScriptSaysSo() throws {
        let camera = camera { .init(isPresent: $0 < 0.05 || $0 > 0.09) }
        let frames = try (0..<4).map { _ in try #require(camera.next()).bytes }
        let wall = Backdrop(size: size).pixels.flatMap { (pixel: UInt32) -> [UInt8] in
            [UInt8(pixel & 255), UInt8(pixel >> 8 & 255), UInt8(pixel >> 16 & 255)]
        }
        #expect(frames[2] == wall)
        #expect(frames[0] == frames[1] && frames[3] == frames[0], "before and after")
    }

    @Test func noFrameAllocates() {
        let camera = camera(SensorNoise(sigma: 4, grain: 2)) { .init(yaw: 30 * $0, isPresent: $0 < 0.3) }
        for _ in 0..<5 { _ = camera.next() }
        allocation_counter_start()
        for _ in 0..<10 { _ = camera.next() }
        let allocations = allocation_counter_stop()
        #expect(allocations == 0, "\(allocations) allocations in 10 frames")
    }
}

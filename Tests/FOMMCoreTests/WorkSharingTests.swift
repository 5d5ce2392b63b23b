import Assets
import Foundation
import TestSupport
import Testing

@testable import FOMMCore

/// How well the layers of a frame fill threads of which some are half as fast, on paper: the parts they are taken in are
/// those that the program makes, and each thread takes the next when it is done with one.
@Suite("How much of many threads a frame can use", .enabled(if: InstructionSet.best.hasInt8, "another way to compute"))
struct WorkSharingTests {
    /// One frame of the default model.
    private func layers(threads: Int, _ precision: PrecisionChoice) throws -> [LayerTime] {
        let model = try FOMMModel(EmbeddedAssets.model, precision: precision)
        let (detector, generator) = (
            FrameDetector(model, threads: threads), FrameGenerator(model, threads: threads)
        )
        let side = model.frameSize
        var pixels = [UInt8](repeating: 128, count: 3 * side * side)
        let source = pixels.withUnsafeBytes { SourceContext(rgb8: $0, detector) }
        detector.timeLayers()
        generator.timeLayers()
        let keypoints = pixels.withUnsafeBytes { detector.detect(rgb8: $0) }
        let motion = generator.denseMotion(source, showing: keypoints)
        _ = pixels.withUnsafeMutableBytes { generator.generate(source, motion, into: $0) }
        return (detector.layerTimes + generator.layerTimes).filter { $0.computedProducts > 0 }
    }

    /// When the last of `parts` equal parts of 1 is done, by workers of these speeds.
    private func duration(_ parts: Int, _ speeds: [Double]) -> Double {
        var free = [Double](repeating: 0, count: speeds.count)
        for _ in 0..<parts {
            let next = free.indices.min { free[$0] < free[$1] }!
            free[next] += 1 / Double(parts) / speeds[next]
        }
        return free.max()!
    }

    /// The part of all these workers' time in which they compute.
    private func use(of layers: [LayerTime], _ speeds: [Double]) -> Double {
        let work = layers.reduce(0) { $0 + $1.computedProducts }
        let taken = layers.reduce(0) { $0 + $1.computedProducts * duration($1.parts, speeds) }
        return work / (taken * speeds.reduce(0, +))
    }

    /// docs/kernels.md has the figures.
    @Test(
        arguments: zip(
            [2, 4, 8, 16],
            [(0.95, 0.88, 0.88), (0.95, 0.80, 0.88), (0.95, 0.75, 0.85), (0.88, 0.62, 0.76)]
                as [(Double, Double, Double)]))
    func threads(_ threads: Int, _ least: (equal: Double, oneIsSlow: Double, halfAreSlow: Double)) throws {
        for precision in [PrecisionChoice.float32, .int8] {
            let layers = try layers(threads: threads, precision)
            let equal = [Double](repeating: 1, count: threads)
            let oneIsSlow = [0.5] + equal.dropFirst()
            let halfAreSlow = equal.indices.map { $0 < threads / 2 ? 0.5 : 1 }
            #expect(use(of: layers, equal) >= least.equal, "\(precision)")
            #expect(use(of: layers, oneIsSlow) >= least.oneIsSlow, "\(precision)")
            #expect(use(of: layers, halfAreSlow) >= least.halfAreSlow, "\(precision)")
        }
    }
}

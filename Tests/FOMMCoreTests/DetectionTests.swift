import Foundation
import Testing

@testable import FOMMCore

@Suite("What a detector tells of its certainty")
struct DetectionTests {
    /// By definition, in float64, from the heatmaps.
    @Test(arguments: Fixture.all, InstructionSet.supported)
    func spreadsAreThoseOfTheHeatmaps(_ fixture: Fixture, _ instructionSet: InstructionSet) throws {
        let detector = FrameDetector(try fixture.model(instructionSet), threads: 2)
        let found = fixture.rgb8("driving").withUnsafeBytes { detector.detection(rgb8: $0) }
        let heatmaps = detector.model.detector.heatmaps(in: detector.workspace)
        let (count, area) = (found.keypoints.count, heatmaps.count / found.keypoints.count)
        let line = coordinateLine(Int(Double(area).squareRoot())).map(Double.init)
        for index in 0..<count {
            let mean = SIMD2<Double>(found.keypoints[value: index])
            let squares = (0..<area).reduce(0.0) { sum, pixel in
                let way = SIMD2(line[pixel % line.count], line[pixel / line.count]) - mean
                return sum + Double(heatmaps[index * area + pixel]) * (way * way).sum()
            }
            let spread = Double(found.spreads[index])
            #expect(abs(spread - squares.squareRoot()) < 1e-4, "keypoint \(index): \(spread), \(squares.squareRoot())")
        }
        for lane in count..<Keypoints.limit { #expect(found.spreads[lane] == 0, "lane \(lane)") }
        #expect(
            fixture.rgb8("driving").withUnsafeBytes { detector.detect(rgb8: $0) } == found.keypoints,
            "the keypoints alone")
    }
}

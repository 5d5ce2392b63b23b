import CAllocationCounter
import FOMMCore
import Foundation
import Testing

@testable import Driving

@Suite("Looking for better calibration frames")
struct NeutralFrameSearchTests {
    private typealias Examples = CalibrationExamples
    private let source = CalibrationExamples.keypoints()

    /// The avatar's pose with the head tilted clockwise.
    private func tilted(_ degrees: Double) -> Detection {
        var keypoints = source
        let (cosine, sine) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        for index in 0..<keypoints.count {
            let place = SIMD2<Double>(keypoints[value: index])
            keypoints[value: index] = SIMD2(
                Float(cosine * place.x - sine * place.y), Float(sine * place.x + cosine * place.y))
            keypoints[jacobian: index] = Matrix2x2(cosine, -sine, sine, cosine) * source[jacobian: index]
        }
        return Detection(keypoints: keypoints, spreads: .init(repeating: 0.1))
    }

    /// - Parameter poses: degrees of tilt, frame by frame.
    private func found(
        _ search: inout NeutralFrameSearch, _ poses: [Double], confidence: Double = 1
    ) -> [DrivingInitial] {
        poses.enumerated().compactMap { index, pose in
            search.observe(
                Examples.observation(tilted(pose), confidence: confidence, at: Double(index) / 30), source: source)?.0
        }
    }

    @Test func theBetterPoseIsTakenAndAWorseOneNot() throws {
        var search = NeutralFrameSearch(until: nil, better: 40)
        #expect(found(&search, [Double](repeating: 30, count: 20)).isEmpty, "worse than what there is")
        let better = found(&search, [Double](repeating: 8, count: 20))
        #expect(better.map(\.detection) == [tilted(8)], "once")
        #expect(found(&search, [Double](repeating: 20, count: 20)).isEmpty, "worse again")
        #expect(found(&search, [Double](repeating: 7.5, count: 20)).isEmpty, "hardly better")
    }

    @Test func aPoseThatFlitsByIsNotTaken() {
        var search = NeutralFrameSearch(until: nil, better: 40)
        let nod = (0..<40).map { 40 * sin(Double($0) * 0.6) }
        #expect(found(&search, nod).isEmpty)
    }

    @Test func withoutACalibrationAnyRestWillDo() {
        var search = NeutralFrameSearch(until: nil, better: nil)
        #expect(found(&search, [Double](repeating: 60, count: 4)).isEmpty, "four frames are no rest")
        #expect(found(&search, [Double](repeating: 60, count: 1)).count == 1)
    }

    @Test func withoutAFaceNothingIsTaken() {
        var search = NeutralFrameSearch(until: nil, better: nil)
        #expect(found(&search, [Double](repeating: 0, count: 20), confidence: 0.3).isEmpty)
    }

    @Test func itEndsInTime() {
        let search = NeutralFrameSearch(until: Examples.time(10), better: nil)
        #expect(!search.isOver(at: Examples.time(10)) && search.isOver(at: Examples.time(10.1)))
        #expect(!NeutralFrameSearch(until: nil, better: nil).isOver(at: Examples.time(1e6)))
    }

    @Test func aFrameThatIsNoBetterAllocatesNothing() {
        var search = NeutralFrameSearch(until: nil, better: 90)
        let frames = (0..<8).map { Examples.observation(tilted(20 + Double($0) / 100), at: Double($0) / 30) }
        for frame in frames { _ = search.observe(frame, source: source) }
        allocation_counter_start()
        var count = 0
        for frame in frames where search.observe(frame, source: source) != nil { count += 1 }
        let allocations = allocation_counter_stop()
        #expect(allocations == 0 && count == 0, "\(allocations) allocations in \(frames.count) frames")
    }
}

import Foundation
import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Keypoints and what is computed from them")
struct MotionTests {
    @Test func hullArea() {
        func area(_ points: [SIMD2<Float>]) -> Double { Keypoints(points).hullArea }
        #expect(
            area([[-1, -1], [1, -1], [1, 1], [-1, 1], [0, 0], [0.5, 0.5]]) == 4, "a square and what is in it")
        #expect(abs(area([[0, 0], [1, 0], [0, 1]]) - 0.5) < 1e-7, "a triangle")
        #expect(area([[0, 0], [0.5, 0.5], [1, 1], [-1, -1]]) == 0, "on one line")
        #expect(area([[0.25, 0.5], [0.25, 0.5], [0.25, 0.5]]) == 0, "in one place")
        #expect(area([[0.25, 0.5]]) == 0, "one point")
        #expect(area([[0, 0], [1, 0], [1, 0], [0, 1], [0, 0]]) == 0.5, "doubled points")
    }

    @Test func poseDistanceIgnoresPlaceAndSize() throws {
        let one = Keypoints([[0, 0], [0.5, 0.1], [0.2, 0.6], [-0.3, 0.2]])
        let same = Keypoints((0..<4).map { one[value: $0] * 0.5 + SIMD2(0.1, -0.2) })
        let other = Keypoints([[0, 0], [0.5, 0.3], [0.2, 0.6], [-0.3, 0.2]])
        let (near, far) = (try #require(one.poseDistance(to: same)), try #require(one.poseDistance(to: other)))
        #expect(near < 1e-10, "moved and scaled: \(near)")
        #expect(far > 1e-2, "posed differently: \(far)")
        #expect(one.poseDistance(to: Keypoints([[0, 0], [0, 0], [0, 0], [0, 0]])) == nil, "no extent")
    }

    /// J_S cancels, so this holds for every calibration frame and every avatar.
    @Test(arguments: Fixture.all)
    func sparseMotionIsTheIdentityAtTheCalibrationFrame(_ fixture: Fixture) {
        let (source, initial) = (fixture.keypoints("source"), fixture.keypoints("driving_initial"))
        for mode in [RelativeMotion.Mode.relative(adaptScale: true), .relative(adaptScale: false)] {
            let moved = RelativeMotion(mode, source: source, initial: initial)(initial)
            let motion = SparseMotion(source: source, driving: moved)
            for index in 0..<motion.count {
                let map = motion[index]
                expectClose(
                    [map.xx, map.xy, map.yx, map.yy, map.x, map.y], [1, 0, 0, 1, 0, 0], within: 1e-6, "motion \(index)")
            }
        }
    }

    @Test(arguments: Fixture.all, InstructionSet.supported)
    func outputAtTheCalibrationFrameIsTheDecodedSource(_ fixture: Fixture, _ instructionSet: InstructionSet) throws {
        let model = try fixture.model(instructionSet)
        let context = fixture.sourceContext(model)
        let generator = FrameGenerator(model, threads: 2)
        let initial = fixture.keypoints("driving_initial")
        let moved = RelativeMotion(.relative(adaptScale: true), source: context.keypoints, initial: initial)(initial)
        let motion = generator.denseMotion(context, showing: moved)
        let (size, count) = (model.dense.size, 3 * model.frameSize * model.frameSize)
        let line = coordinateLine(size)
        let identity = (0..<size * size).flatMap { [line[$0 % size], line[$0 / size]] }
        expectClose(
            UnsafeBufferPointer(start: motion.deformation, count: identity.count), identity, within: 1e-5,
            "deformation")

        let prediction = Array(UnsafeBufferPointer(start: generator.prediction(context, motion), count: count))
        for index in 0..<identity.count { motion.deformation[index] = identity[index] }
        let unwarped = generator.prediction(context, motion)
        expectClose(
            prediction, UnsafeBufferPointer(start: unwarped, count: count), within: 1e-4, "prediction")
    }

    @Test func movementScaleAdaptsToTheFaces() {
        let small = Keypoints([[0, 0], [0.2, 0], [0, 0.2]])
        let large = Keypoints([[0, 0], [0.8, 0], [0, 0.8]])
        let flat = Keypoints([[0, 0], [0.5, 0.5], [1, 1]])
        func scale(_ mode: RelativeMotion.Mode, _ source: Keypoints, _ initial: Keypoints) -> Float {
            RelativeMotion(mode, source: source, initial: initial).movementScale
        }
        #expect(abs(scale(.relative(adaptScale: true), large, small) - 4) < 1e-5)
        #expect(scale(.relative(adaptScale: false), large, small) == 1)
        #expect(scale(.absolute, large, small) == 1)
        #expect(scale(.relative(adaptScale: true), large, flat) == 1, "a hull without area adapts nothing")
        #expect(scale(.relative(adaptScale: true), flat, large) == 1, "a hull without area adapts nothing")
    }

    @Test func absoluteMotionTakesTheDriverAsItIs() {
        let (source, driving) = (Fixture.tiny.keypoints("source"), Fixture.tiny.keypoints("driving"))
        let motion = RelativeMotion(.absolute, source: source, initial: Fixture.tiny.keypoints("driving_initial"))
        #expect(motion(driving) == driving)
    }

    /// What a blank, a broken or a hostile frame may lead to.
    enum Degenerate: String, CaseIterable, Sendable {
        case allEqual, collinear, singularJacobian, hugeJacobian, notANumber, infinite

        func apply(_ keypoints: Keypoints) -> Keypoints {
            var changed = keypoints
            for index in 0..<keypoints.count {
                switch self {
                case .allEqual: changed[value: index] = [0.1, 0.1]
                case .collinear: changed[value: index] = SIMD2(repeating: Float(index) / 10 - 0.5)
                case .singularJacobian: changed[jacobian: index] = Matrix2x2(1, 2, 2, 4)
                case .hugeJacobian: changed[jacobian: index] = Matrix2x2(1e30, 0, 0, 1e30)
                case .notANumber: changed[value: index].x = .nan
                case .infinite: changed[jacobian: index] = Matrix2x2(.infinity, 0, 0, 1)
                }
            }
            return changed
        }
    }

    @Test(arguments: Degenerate.allCases, ["source", "driving", "driving_initial"])
    func degenerateKeypointsGiveAFiniteFrame(_ degenerate: Degenerate, _ part: String) throws {
        let fixture = Fixture.tiny
        let model = try fixture.model(.best)
        func keypoints(_ name: String) -> Keypoints {
            name == part ? degenerate.apply(fixture.keypoints(name)) : fixture.keypoints(name)
        }
        for mode in [RelativeMotion.Mode.relative(adaptScale: true), .absolute] {
            let context = fixture.sourceContext(model, keypoints: keypoints("source"))
            let generator = FrameGenerator(model, threads: 2)
            let moved = RelativeMotion(
                mode, source: context.keypoints, initial: keypoints("driving_initial"))(keypoints("driving"))
            let motion = generator.denseMotion(context, showing: moved)
            let prediction = UnsafeBufferPointer(
                start: generator.prediction(context, motion),
                count: 3 * model.frameSize * model.frameSize)
            #expect(
                prediction.allSatisfy { $0 >= 0 && $0 <= 1 },
                "\(degenerate) \(part): \(prediction.count { !($0 >= 0 && $0 <= 1) }) values outside 0...1")
        }
    }
}

import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Every stage against the PyTorch reference, on every instruction set this CPU has")
struct StageTests {
    /// What is asked of everything but the prediction, and of the prediction, which passes through a dozen layers more.
    static let tolerance: Float = 1e-4
    static let predictionTolerance: Float = 2e-3

    @Test(arguments: Fixture.all, InstructionSet.supported)
    func detector(_ fixture: Fixture, _ instructionSet: InstructionSet) throws {
        let detector = FrameDetector(try fixture.model(instructionSet), threads: 2)
        for part in ["source", "driving_initial", "driving"] {
            let found = fixture.rgb8(part).withUnsafeBytes { detector.detect(rgb8: $0) }
            let expected = fixture.keypoints(part)
            expectClose(found.values, expected.values, within: Self.tolerance, "\(part) values")
            expectClose(found.jacobians, expected.jacobians, within: Self.tolerance, "\(part) Jacobians")
        }
        expectClose(
            detector.model.detector.heatmaps(in: detector.workspace), fixture("kp_detector.heatmap"),
            within: Self.tolerance, "heatmaps")
    }

    @Test(arguments: Fixture.all)
    func relativeMotion(_ fixture: Fixture) {
        let motion = RelativeMotion(
            .relative(adaptScale: true), source: fixture.keypoints("source"),
            initial: fixture.keypoints("driving_initial"))
        let moved = motion(fixture.keypoints("driving"))
        let expected = fixture.keypoints("normalised")
        expectClose(moved.values, expected.values, within: Self.tolerance, "values")
        expectClose(moved.jacobians, expected.jacobians, within: Self.tolerance, "Jacobians")
    }

    @Test(arguments: Fixture.all, InstructionSet.supported)
    func denseMotion(_ fixture: Fixture, _ instructionSet: InstructionSet) throws {
        let model = try fixture.model(instructionSet)
        let context = fixture.sourceContext(model)
        let generator = FrameGenerator(model, threads: 2)
        let motion = generator.denseMotion(context, showing: fixture.keypoints("normalised")).output
        let area = model.dense.size * model.dense.size
        func values(_ start: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafeBufferPointer<Float> {
            UnsafeBufferPointer(start: start, count: count)
        }
        expectClose(
            context.image.planar, fixture("dense_motion.source"), within: Self.tolerance,
            "source at motion resolution")
        expectClose(
            values(motion.mask, (model.keypointCount + 1) * area), fixture("dense_motion.mask"),
            within: Self.tolerance, "mask")
        expectClose(
            values(motion.deformation, 2 * area), fixture("dense_motion.deformation"), within: Self.tolerance,
            "deformation")
        #expect((motion.occlusion != nil) == fixture.has("dense_motion.occlusion_map"))
        if let occlusion = motion.occlusion {
            expectClose(
                values(occlusion, area), fixture("dense_motion.occlusion_map"), within: Self.tolerance,
                "occlusion map")
        }
    }

    @Test(arguments: Fixture.all, InstructionSet.supported)
    func generator(_ fixture: Fixture, _ instructionSet: InstructionSet) throws {
        let model = try fixture.model(instructionSet)
        let context = fixture.sourceContext(model)
        expectClose(
            context.encoded(.full).features.planar, fixture("generator.encoded_source"), within: Self.tolerance,
            "encoded source")
        let generator = FrameGenerator(model, threads: 2)
        let motion = generator.denseMotion(context, showing: fixture.keypoints("normalised"))
        let prediction = generator.prediction(context, motion.output)
        let count = 3 * model.frameSize * model.frameSize
        expectClose(
            UnsafeBufferPointer(start: prediction, count: count), fixture("generator.prediction"),
            within: Self.predictionTolerance, "prediction")
    }
}

extension Fixture {
    /// The avatar of this fixture with the reference's keypoints, so that a stage is judged by itself.
    func sourceContext(_ model: FOMMModel, keypoints: Keypoints? = nil) -> SourceContext {
        let plan = model.plan(.full)
        let workspace = Workspace(plan.encoderLayout, threads: 2, instructionSet: model.instructionSet)
        let frame = model.generator.encoderFrame(plan, in: workspace)
        rgb8("source").withUnsafeBytes { workspace.load(rgb8: $0, into: frame) }
        let detection = Detection(keypoints: keypoints ?? self.keypoints("source"), spreads: .zero)
        return SourceContext(frame: frame, detection, model, workspace)
    }
}

extension FrameGenerator {
    /// The full picture before it is rounded to bytes, planar `[3, size, size]`.
    func prediction(_ source: SourceContext, _ motion: DenseMotionNetwork.Output) -> UnsafeMutablePointer<Float> {
        model.generator.decode(source.encoded(.full).features, motion, model.plan(.full), in: workspace)
    }
}

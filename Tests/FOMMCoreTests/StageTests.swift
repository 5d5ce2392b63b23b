import FOMMReference
import TestSupport
import Testing

@testable import FOMMCore
@testable import Motion

@Suite("Every stage against the PyTorch reference, on every instruction set this CPU has")
struct StageTests {
    @Test(arguments: Fixture.all, InstructionSet.supported)
    func engine(_ fixture: Fixture, _ instructionSet: InstructionSet) throws {
        Stages(try fixture.model(instructionSet), fixture.stageInput).expectClose(to: fixture.expected)
    }

    @Test(arguments: Fixture.all)
    func plainReference(_ fixture: Fixture) throws {
        let contents = try SafetensorsFile(fixture.weights)
        let architecture = try ModelArchitecture(shapes: contents.shapes, file: fixture.name)
        let reference = ReferenceNetwork(NetworkDescription(architecture), fixture.configuration, contents)
        try Stages(reference, fixture.stageInput).expectClose(
            to: fixture.expected, within: Stages.tolerance / 5, prediction: Stages.predictionTolerance / 10)
    }

    /// Half a picture stays as it is, the other half moves as ever.
    @Test(arguments: Fixture.all)
    func aShareOfTheMotion(_ fixture: Fixture) throws {
        let model = try fixture.model(.best)
        let (source, driving) = (fixture.sourceContext(model), fixture.keypoints("normalised"))
        let size = model.motionSize
        let generator = FrameGenerator(model, threads: 1)
        func motion(_ share: MotionShare?) -> (deformation: [Float], occlusion: [Float]?) {
            let motion = generator.denseMotion(source, showing: driving, share: share)
            return (
                Array(UnsafeBufferPointer(start: motion.deformation, count: 2 * size * size)),
                motion.occlusion.map { Array(UnsafeBufferPointer(start: $0, count: size * size)) }
            )
        }
        let all = motion(nil)
        let half = motion(MotionShare(size: size) { x, _ in x < 0.5 ? 0 : 1 })
        let line = coordinateLine(size)
        for place in 0..<size * size {
            let (row, column) = (place / size, place % size)
            let moves = 2 * column >= size
            let still = [line[column], line[row]]
            for axis in 0..<2 {
                let expected = moves ? all.deformation[2 * place + axis] : still[axis]
                #expect(half.deformation[2 * place + axis] == expected)
            }
            if let occlusion = half.occlusion { #expect(occlusion[place] == (moves ? all.occlusion![place] : 1)) }
        }
    }

    @Test(arguments: Fixture.all)
    func relativeMotion(_ fixture: Fixture) {
        let motion = RelativeMotion(
            .relative(adaptScale: true), source: fixture.keypoints("source"),
            initial: fixture.keypoints("driving_initial"))
        let moved = motion(fixture.keypoints("driving"))
        let expected = fixture.keypoints("normalised")
        expectClose(moved.values, expected.values, within: Stages.tolerance, "values")
        expectClose(moved.jacobians, expected.jacobians, within: Stages.tolerance, "Jacobians")
    }
}

extension Fixture {
    /// What PyTorch computed.
    var expected: Stages {
        var values = [
            "heatmaps": self("kp_detector.heatmap"), "source at motion resolution": self("dense_motion.source"),
            "mask": self("dense_motion.mask"), "deformation": self("dense_motion.deformation"),
            "encoded source": self("generator.encoded_source"), "prediction": self("generator.prediction"),
        ]
        if has("dense_motion.occlusion_map") { values["occlusion map"] = self("dense_motion.occlusion_map") }
        var stages = Stages(values: values)
        for part in StageInput.parts { stages.add(keypoints(part), of: part) }
        return stages
    }

    /// With the keypoints that PyTorch found, so that a stage is judged by itself.
    var stageInput: StageInput {
        StageInput(
            frames: Dictionary(uniqueKeysWithValues: StageInput.parts.map { ($0, rgb8($0)) }),
            source: keypoints("source"), driving: keypoints("normalised"))
    }

    /// The avatar of this fixture with the reference's keypoints.
    func sourceContext(_ model: FOMMModel, keypoints: Keypoints? = nil) -> SourceContext {
        SourceContext(rgb8("source"), keypoints ?? self.keypoints("source"), model)
    }
}

extension SourceContext {
    /// An avatar with keypoints that its model need not have found.
    init(_ pixels: [UInt8], _ keypoints: Keypoints, _ model: FOMMModel) {
        let plan = model.plan(.full)
        let workspace = Workspace(plan.encoderLayout, threads: 2, instructionSet: model.instructionSet)
        let frame = model.generator.encoderFrame(plan, in: workspace)
        pixels.withUnsafeBytes { workspace.load(rgb8: $0, into: frame) }
        self.init(frame: frame, Detection(keypoints: keypoints, spreads: .zero), model, workspace)
    }
}

extension FrameGenerator {
    /// The full picture before it is rounded to bytes, planar `[3, size, size]`.
    func prediction(_ source: SourceContext, _ motion: DenseMotion) -> UnsafeMutablePointer<Float> {
        model.generator.decode(source.encoded(.full).features, motion, model.plan(.full), in: workspace)
    }
}

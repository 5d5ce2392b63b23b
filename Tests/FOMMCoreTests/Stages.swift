import FOMMReference
import TestSupport
import Testing

@testable import FOMMCore

/// What the stages of a network are run on.
struct StageInput {
    static let parts = ["source", "driving_initial", "driving"]

    /// By part, interleaved 8-bit RGB.
    let frames: [String: [UInt8]]
    /// The keypoints of the source, and those it is to show.
    let source: Keypoints
    let driving: Keypoints

    /// `[3, size, size]`, 0...1.
    static func tensor(_ pixels: [UInt8]) -> Tensor {
        let size = Int(Double(pixels.count / 3).squareRoot())
        return Tensor(channels: 3, height: size, width: size) { Float(pixels[3 * ($1 * size + $2) + $0]) / 255 }
    }
}

/// What every stage of a network returns, by name.
struct Stages {
    /// What is asked of everything but the prediction, and of the prediction, which passes through a dozen layers more.
    static let tolerance: Float = 1e-4
    static let predictionTolerance: Float = 2e-3

    private(set) var values: [String: [Float]]

    init(values: [String: [Float]]) { self.values = values }

    mutating func add(_ keypoints: Keypoints, of part: String) {
        values["\(part) values"] = keypoints.values
        values["\(part) Jacobians"] = keypoints.jacobians
    }

    func expectClose(
        to expected: Stages, within tolerance: Float = Self.tolerance, prediction: Float = Self.predictionTolerance,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(Set(values.keys) == Set(expected.values.keys), sourceLocation: sourceLocation)
        for (name, values) in values.sorted(by: { $0.key < $1.key }) {
            TestSupport.expectClose(
                values, expected.values[name] ?? [], within: name == "prediction" ? prediction : tolerance, name,
                sourceLocation: sourceLocation)
        }
    }
}

extension Stages {
    /// The engine's.
    init(_ model: FOMMModel, _ input: StageInput) {
        func values(_ start: UnsafePointer<Float>, _ count: Int) -> [Float] {
            Array(UnsafeBufferPointer(start: start, count: count))
        }
        self.init(values: [:])
        let detector = FrameDetector(model, threads: 2)
        for part in StageInput.parts {
            add(input.frames[part]!.withUnsafeBytes { detector.detect(rgb8: $0) }, of: part)
        }
        self.values["heatmaps"] = Array(model.detector.heatmaps(in: detector.workspace))

        let context = SourceContext(input.frames["source"]!, input.source, model)
        self.values["source at motion resolution"] = context.image.planar
        self.values["encoded source"] = context.encoded(.full).features.planar
        let generator = FrameGenerator(model, threads: 2)
        let motion = generator.denseMotion(context, showing: input.driving)
        let area = model.dense.size * model.dense.size
        self.values["mask"] = values(motion.mask, (model.keypointCount + 1) * area)
        self.values["deformation"] = values(motion.deformation, 2 * area)
        self.values["occlusion map"] = motion.occlusion.map { values($0, area) }
        self.values["prediction"] = values(
            generator.prediction(context, motion), 3 * model.frameSize * model.frameSize)
    }

    /// The plain reference's.
    init(_ reference: ReferenceNetwork, _ input: StageInput) throws {
        self.init(values: [:])
        for part in StageInput.parts {
            let found = try reference.keypoints(of: StageInput.tensor(input.frames[part]!))
            add(found.keypoints, of: part)
            values["heatmaps"] = found.heatmaps.values
        }
        let avatar = StageInput.tensor(input.frames["source"]!)
        let motion = try reference.motion(avatar, source: input.source, driving: input.driving)
        values["source at motion resolution"] = motion.source.values
        values["mask"] = motion.mask.values
        values["deformation"] = motion.deformation.points.flatMap { [$0.x, $0.y] }
        values["occlusion map"] = motion.occlusion?.values
        let features = try reference.features(of: avatar)
        values["encoded source"] = features.values
        values["prediction"] = try reference.prediction(features, motion).values
    }
}

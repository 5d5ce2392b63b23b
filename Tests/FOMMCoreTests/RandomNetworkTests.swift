import FOMMReference
import TestSupport
import Testing

@testable import FOMMCore

/// A random network unlike those that there are fixtures of, and what the plain reference makes of it.
struct RandomNetwork: Sendable, CustomStringConvertible {
    let description: String
    let frameSize: Int
    /// Whether its file has float16, which small images' layers keep.
    let isHalf: Bool
    private let configuration: ModelConfiguration
    private let network: NetworkDescription
    private let weights: RandomWeights
    let input: StageInput
    let expected: Stages

    private init(
        _ description: String, frameSize: Int = 64, half: Bool = false,
        _ change: (inout ModelArchitecture, inout ModelConfiguration) -> Void
    ) throws {
        var architecture = ModelArchitecture(
            keypoints: 6, jacobianMaps: 6, hasOcclusionMap: true, detector: .init(width: 8, blocks: 3),
            dense: .init(width: 8, blocks: 3), generatorWidths: [12, 24], generatorDecoder: [12], residualBlocks: 1)
        var configuration = ModelConfiguration()
        change(&architecture, &configuration)
        self.description = description
        self.frameSize = frameSize
        self.configuration = configuration
        isHalf = half
        network = NetworkDescription(architecture)
        weights = RandomWeights(seed: 3)

        let reference = ReferenceNetwork(network, configuration, weights)
        var random = SeededRandom(seed: 4)
        var frames: [String: [UInt8]] = [:]
        for part in StageInput.parts { frames[part] = Self.picture(frameSize, &random) }
        func keypoints(_ part: String) throws -> Keypoints {
            try reference.keypoints(of: StageInput.tensor(frames[part]!)).keypoints
        }
        input = StageInput(frames: frames, source: try keypoints("source"), driving: try keypoints("driving"))
        expected = try Stages(reference, input)
    }

    /// Spots of colour.
    private static func picture(_ size: Int, _ random: inout SeededRandom) -> [UInt8] {
        let spots = Tensor(channels: 3, height: 9, width: 9, random.values(3 * 81)).resized(height: size, width: size)
        return (0..<3 * size * size).map { UInt8(127.5 + 127 * spots[$0 % 3, $0 / 3 / size, $0 / 3 % size]) }
    }

    func model(_ instructionSet: InstructionSet) throws -> FOMMModel {
        var bytes: [UInt8] = []
        weights.write(network, half: isHalf) { bytes += $0 }
        return try withFile(bytes) {
            try FOMMModel($0, frameSize: frameSize, configuration: configuration, instructionSet: instructionSet)
        }
    }

    static let all: [RandomNetwork] = {
        do {
            return [
                try RandomNetwork("one keypoint, no bottleneck, 128 px", frameSize: 128) { model, _ in
                    (model.keypoints, model.jacobianMaps, model.residualBlocks) = (1, 1, 0)
                },
                try RandomNetwork("32 keypoints, no occlusion map, 96 px", frameSize: 96) { model, configuration in
                    (model.keypoints, model.jacobianMaps, model.hasOcclusionMap) = (32, 32, false)
                    configuration.alignCorners = false
                },
                try RandomNetwork("widths that are no multiples, padded heads", half: true) { model, configuration in
                    model.detector = .init(encoder: [5, 17, 33], decoder: [19, 7, 3], reduction: 4)
                    model.dense = .init(encoder: [18, 15, 1], decoder: [2, 34, 9], reduction: 2)
                    (model.generatorWidths, model.generatorDecoder) = ([13, 29, 47], [31, 11])
                    (configuration.headPadding, configuration.alignCorners) = (3, false)
                },
                try RandomNetwork("a single Jacobian map, nothing reduced") { model, configuration in
                    model.jacobianMaps = 1
                    (model.detector.reduction, model.dense.reduction) = (1, 1)
                    (configuration.headPadding, configuration.temperature) = (1, 0.3)
                },
                try RandomNetwork("five halvings down to one pixel, 128 px", frameSize: 128, half: true) { model, _ in
                    model.detector = .init(width: 16, blocks: 5, limit: 192)
                    model.dense = .init(width: 16, blocks: 5, limit: 192)
                    (model.generatorWidths, model.generatorDecoder) = ([8, 16, 24, 32], [24, 16, 8])
                },
                try RandomNetwork("every third pixel, no Jacobians, 96 px", frameSize: 96) { model, configuration in
                    (model.jacobianMaps, model.detector.reduction, model.dense.reduction) = (0, 3, 3)
                    configuration.keypointVariance = 0.05
                },
                try RandomNetwork("wide enough for transforms, three blocks in the bottleneck") {
                    model, configuration in
                    (model.generatorWidths, model.generatorDecoder, model.residualBlocks) = ([32, 48], [33], 3)
                    (model.dense.reduction, configuration.alignCorners) = (2, false)
                },
            ]
        } catch {
            preconditionFailure("random networks: \(error)")
        }
    }()
}

@Suite("Random networks of other shapes: the engine against the plain reference")
struct RandomNetworkTests {
    @Test(arguments: RandomNetwork.all, InstructionSet.supported)
    func engine(_ network: RandomNetwork, _ instructionSet: InstructionSet) throws {
        Stages(try network.model(instructionSet), network.input).expectClose(to: network.expected)
    }

    /// Otherwise the comparison would show nothing.
    @Test(arguments: RandomNetwork.all)
    func picturesAreLively(_ network: RandomNetwork) throws {
        let prediction = try #require(network.expected.values["prediction"])
        let mean = prediction.reduce(0, +) / Float(prediction.count)
        let variance = prediction.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(prediction.count)
        #expect(variance.squareRoot() > 0.05, "a deviation of \(variance.squareRoot())")
        #expect(network.input.source != network.input.driving)
    }
}

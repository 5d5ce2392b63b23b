import Assets
import Driving
import FOMMCore
import Foundation
import Frames
import System
import TestSupport
import Testing

@testable import Models

/// The default model, moved by the test camera.
@Suite("int8 scales: what becomes int8, and what stays float32")
struct QuantiserTests {
    private static let finest = InstructionSet.supported.last { $0.int8Levels == 127 }
    private static let coarsest = InstructionSet.supported.first { $0.int8Levels == 63 }

    private func run(_ file: MappedFile, _ instructionSet: InstructionSet) throws -> Quantiser.Result {
        let clip = DrivingSource(
            "test", rate: FrameRate(5), size: FrameSize(square: FOMMModel.defaultFrameSize), searchPath: "")
        return try Quantiser(file, instructionSets: [instructionSet], threads: 2).run(
            AvatarList(nil), driving: [clip], frames: 12)
    }

    /// With integers this fine all of it is, and keypoints stay within a tenth of a pixel of those of float32.
    @Test(.enabled(if: finest != nil, "this CPU's integers are coarse"))
    func allPartsOfTheDefaultModel() throws {
        let result = try run(EmbeddedAssets.model, try #require(Self.finest))
        let quality = try #require(result.report.quality.first)
        #expect(result.report.parts == ["detector", "dense motion", "generator"] && result.report.rejected.isEmpty)
        #expect((0.001...0.1).contains(quality.keypointDistance), "\(quality)")
        #expect(quality.lowestPsnr >= PrecisionChoice.qualityBar, "\(quality)")
        #expect(result.ranges.parts == [.detector, .denseMotion, .generator])
    }

    /// Where the generator alone is not close enough, other parts that make it no worse are not to blame.
    @Test(
        arguments: [
            ([(40.0, 0.05)], 0), ([(36, 0.05), (39, 0)], 1), ([(36, 0.05), (37, 0), (40, 0)], 2),
            ([(30.2, 0.05), (30.4, 0), (30.6, 0)], 0), ([(30.2, 0.2), (30.4, 0), (30.6, 0)], 1),
            ([(28, 0.05), (29, 0), (30.6, 0)], 2), ([(50, 0.2), (30, 0), (20, 0)], 1),
        ] as [([(psnr: Double, distance: Double)], Int)])
    func theMostThatIsNotToBlame(_ found: [(psnr: Double, distance: Double)], _ expected: Int) {
        let reports = found.map {
            QuantisingReport(
                pictures: 1, parts: [],
                quality: [.init(levels: 127, lowestPsnr: $0.psnr, meanPsnr: $0.psnr, keypointDistance: $0.distance)],
                rejected: [])
        }
        #expect(Quantiser.choice(among: reports) == expected)
    }

    /// Coarse ones would move keypoints further: detector and dense motion have no scales for them.
    @Test(.enabled(if: coarsest != nil, "this CPU has no coarse integers"))
    func coarseIntegersAreForTheGenerator() throws {
        let result = try run(EmbeddedAssets.model, try #require(Self.coarsest))
        #expect(result.report.parts == ["generator"] && result.report.rejected.isEmpty)
        #expect(result.report.quality[0].keypointDistance == 0 && result.report.quality[0].levels == 63)
    }

    /// Keypoints that jump from one pixel to another for the least noise, because a heatmap is nothing but its maximum.
    @Test(.enabled(if: finest != nil, "this CPU's integers are coarse"))
    func aDetectorThatItMovesStaysFloat32() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("sharp.safetensors")
        let contents = try SafetensorsFile(EmbeddedAssets.model)
        var metadata = contents.metadata
        let configuration = try #require(metadata["puppet.config"])
        metadata["puppet.config"] = configuration.replacingOccurrences(
            of: #""temperature": 0.1"#, with: #""temperature": 0.0005"#)
        var bytes = Data(SafetensorsHeader(contents.inventory, metadata: metadata).bytes)
        for tensor in contents.inventory { bytes.append(contentsOf: contents.bytes(of: tensor)) }
        try writeFile(Array(bytes), to: path)

        let result = try run(try MappedFile(path: path), try #require(Self.finest))
        #expect(!result.report.parts.contains("detector") && !result.ranges.parts.contains(.detector))
        let rejected = try #require(result.report.rejected.first)
        #expect(rejected.part == "detector" && rejected.quality.keypointDistance > 0.1, "\(rejected)")
        #expect(result.report.quality[0].keypointDistance == 0)
        #expect(result.report.table.contains("float32 for detector, with which there would be"))
    }
}

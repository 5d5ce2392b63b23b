import Assets
import Frames
import TestSupport
import Testing

@testable import Driving
@testable import FOMMCore

@Suite("Frames larger than a network was trained on")
struct LargerFrameTests {
    @Test func theBlurIsMadeAsTheFileWouldHaveIt() throws {
        let file = try SafetensorsFile(EmbeddedAssets.model)
        let network = NetworkDescription(try ModelArchitecture(shapes: file.shapes, file: "model")).detector
        let (stored, line) = (try file.values(of: try #require(network.blur)), AntiAliasInterpolation2d.gaussian(4))
        #expect(stored.count == 3 * line.count * line.count)
        for (index, value) in stored.prefix(line.count * line.count).enumerated() {
            // The file has half precision.
            #expect(abs(value - line[index / line.count] * line[index % line.count]) < 2e-5)
        }
        #expect(abs(AntiAliasInterpolation2d.gaussian(8).reduce(0, +) - 1) < 1e-5)
    }

    @Test("motion stays as large as it was trained", arguments: [384, 512]) func motion(_ size: Int) throws {
        let portrait = try EmbeddedAssets.portrait()
        func keypoints(_ size: Int) throws -> Keypoints {
            let model = try FOMMModel(EmbeddedAssets.model, frameSize: size)
            #expect(model.dense.size == 64)
            let fit = SquareFit(from: portrait.size, side: size)
            let frame = PixelBuffer(size: FrameSize(square: size)) { fit(portrait, into: $0) }
            return frame.withBytes { FrameDetector(model, threads: 2).detect(rgb8: $0) }
        }
        let (usual, larger) = (try keypoints(256), try keypoints(size))
        // A pixel of 64 is 0.03.
        #expect(usual.meanDistance(to: larger) < 0.005, "\(usual.meanDistance(to: larger))")
    }

    @Test func smallerFramesAreReducedAsEver() throws {
        #expect(try FOMMModel(EmbeddedAssets.model, frameSize: 192).dense.size == 48)
    }

    @Test func whatIsNoMultipleOfTheMotionIsRefused() {
        let line = failureLine { _ = try FOMMModel(EmbeddedAssets.model, frameSize: 400) }
        #expect(line?.contains("a frame of 400 pixels is not a multiple of 64") == true, "\(line ?? "none")")
    }
}

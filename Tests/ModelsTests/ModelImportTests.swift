import Checkpoints
import FOMMCore
import Foundation
import TestSupport
import Testing

@testable import Models

@Suite("Importing a checkpoint")
struct ModelImportTests: ~Copyable {
    private let folder: TemporaryFolder
    private let models: ModelFolder

    init() throws {
        folder = try TemporaryFolder()
        models = ModelFolder(environment: ["XDG_DATA_HOME": folder.url.path])
    }

    /// The tiny fixture's tensors as a checkpoint of this name.
    private func checkpoint(_ name: String, _ fixture: String = "tiny") throws -> String {
        let path = folder.path(name)
        try writeFile(TinyCheckpoint.bytes(fixture), to: path)
        return path
    }

    @Test func theModelIsFoundByName() throws {
        let path = try checkpoint("vox-adv-cpk.pth.tar")
        var steps: [Int] = []
        let outcome = try ModelImport(into: models, .init()).run(path) { done, total in
            #expect(done <= total)
            steps.append(done)
        }
        #expect(outcome.name == "vox-adv")
        #expect(steps == steps.sorted() && !steps.isEmpty)
        #expect(models.names == ["vox-adv"])
        let file = try ModelLocation(environment: ["XDG_DATA_HOME": folder.url.path]).open("vox-adv")
        let model = try FOMMModel(file, frameSize: 64)
        #expect(model.metadata["puppet.source"] == "vox-adv-cpk.pth.tar")
        #expect(model.metadata["puppet.source_sha256"] == outcome.sourceSha256)
        #expect(outcome.sourceSha256 == (try MappedFile(path: path).sha256()))
        #expect(model.metadata["puppet.dataset"] == "vox-adv")
        #expect(model.configuration.frameSize == 256)
        #expect(model.configuration.alignCorners && model.configuration.animatesFaces)
        #expect(try fileNames(in: models.path) == ["vox-adv.safetensors"])
    }

    @Test func optionsOverrideWhatIsKnown() throws {
        var settings = ModelImport.Settings()
        settings.name = "mine"
        settings.alignCorners = false
        settings.config = folder.path("my.yaml")
        settings.half = true
        try writeFile(ConfigFileTests.yaml.utf8, to: folder.path("my.yaml"))
        let outcome = try ModelImport(into: models, settings).run(checkpoint("x.pth.tar"))
        let model = try FOMMModel(MappedFile(path: outcome.path), frameSize: 64)
        #expect(!model.configuration.alignCorners && !model.configuration.movesRelatively)
        #expect(model.configuration.keypointVariance == 0.02)
        #expect(model.metadata["puppet.dataset"] == nil)
    }

    @Test func bodiesAreNoFaces() throws {
        var settings = ModelImport.Settings()
        settings.config = "taichi-256"
        let outcome = try ModelImport(into: models, settings).run(checkpoint("x.pth.tar"))
        let model = try FOMMModel(MappedFile(path: outcome.path))
        #expect(!model.configuration.animatesFaces && model.configuration.movesRelatively)
        #expect(model.metadata["puppet.animates"] == "bodies")
    }

    /// A checkpoint, a configuration, and why they do not go together.
    private static let contradictions = [
        ("tiny-five-keypoints", "vox-256", "num_kp is 10, but the checkpoint's tensors have 5"),
        ("tiny", "mgif-256", "single_jacobian_map is true"),
        ("tiny-no-jacobian", "vox-256", "estimate_jacobian is true"),
        ("tiny-no-occlusion", "vox-256", "estimate_occlusion_map is true"),
        ("tiny-full-resolution", "vox-256", "scale_factor is 1/4, but the checkpoint's tensors have 1/1"),
    ]

    @Test(arguments: contradictions)
    func configurationsOfOtherModelsAreRefused(_ fixture: String, _ config: String, _ words: String) throws {
        var settings = ModelImport.Settings()
        settings.config = config
        let path = try checkpoint("x.pth.tar", fixture)
        let line = failureLine { _ = try ModelImport(into: models, settings).run(path) }
        #expect(line?.contains(words) == true, "\(line ?? "accepted")")
        #expect(models.names == [])
    }

    @Test func nothingIsLeftOfAFailure() throws {
        var bytes = try TinyCheckpoint.bytes("tiny")
        bytes.replaceSubrange((bytes.count - 4)..., with: [0, 0, 0xC0, 0x7F])
        try writeFile(bytes, to: folder.path("x.pth.tar"))
        #expect(failureLine { _ = try ModelImport(into: models, .init()).run(folder.path("x.pth.tar")) } != nil)
        #expect(try fileNames(in: models.path) == [])
    }

    @Test func informationIsTheSameBeforeAndAfter() throws {
        let path = try checkpoint("taichi-cpk.pth.tar")
        let outcome = try ModelImport(into: models, .init()).run(path)
        let before = try ModelInfo("x", MappedFile(path: path), threads: 2)
        let after = try ModelInfo("x", MappedFile(path: outcome.path), threads: 2)
        #expect(before.format == "PyTorch stream" && after.format == "safetensors")
        #expect(before.parameters == after.parameters && before.macsPerFrame == after.macsPerFrame)
        #expect(before.sourceSha256 == after.sourceSha256 && before.check.selfDifference == after.check.selfDifference)
        #expect(after.check.isSound && after.animates == "bodies" && after.architecture.keypoints == 10)
        #expect(after.table.contains("GMAC"))
        let listing = ModelListing(models)
        #expect(listing.models.map(\.name) == ["default", "taichi"])
        #expect(listing.models.allSatisfy { $0.problem == nil })
        try writeFile([1, 2, 3], to: models.path(of: "broken"))
        #expect(ModelListing(models).models[1].problem?.contains("truncated") == true)
    }
}

/// A fixture's tensors as a checkpoint.
enum TinyCheckpoint {
    static func bytes(_ fixture: String) throws -> [UInt8] {
        let folder = projectFolder.appending(path: "Tests/Fixtures")
        return CheckpointBuilder(model: try readFile(folder.appending(path: "\(fixture).weights.safetensors").path))
            .stream()
    }
}

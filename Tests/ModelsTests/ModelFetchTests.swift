import FOMMCore
import Foundation
import TestSupport
import Testing

@testable import Models

@Suite("Fetching a published model", .timeLimit(.minutes(5)), .enabled(if: hasCurl))
struct ModelFetchTests: ~Copyable {
    private let folder: TemporaryFolder
    private let models: ModelFolder

    init() throws {
        folder = try TemporaryFolder()
        models = ModelFolder(environment: ["XDG_DATA_HOME": folder.url.path])
    }

    @Test func fetchingImports() throws {
        let bytes = try TinyCheckpoint.bytes("tiny-single-jacobian")
        let server = HTTPServer { .file(bytes, $0, sent: 500_000) }
        let model = try #require(PublishedModel.named("mgif"))
        let fetch = ModelFetch(
            into: models, model, address: server.url("/mgif"), searchPath: testSearchPath, environment: [:])
        let outcome = try fetch.run { _ in }
        #expect(outcome.name == "mgif" && models.names == ["mgif"])
        #expect(try fileNames(in: models.path) == ["mgif.safetensors"], "the checkpoint is gone")
        let network = try FOMMModel(MappedFile(path: outcome.path), frameSize: 64)
        #expect(network.metadata["puppet.animates"] == "cartoons" && !network.configuration.animatesFaces)

        let page = HTTPServer { _ in .init(body: Array("<html>sign in</html>".utf8)) }
        let lies = ModelFetch(
            into: models, model, address: page.url("/"), searchPath: testSearchPath, environment: [:])
        let line = failureLine { _ = try lies.run { _ in } }
        #expect(line?.contains("a web page, not a checkpoint") == true, "\(line ?? "accepted")")
        #expect(try fileNames(in: models.path) == ["mgif.safetensors"])
    }
}

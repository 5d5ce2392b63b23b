import Foundation
import System
import TestSupport
import Testing

@testable import Models

@Suite("Where models are looked for")
struct ModelLocationTests {
    @Test func modelsAreFoundByName() throws {
        let folder = try TemporaryFolder()
        let models = folder.url.appending(path: "puppet/models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: URL(filePath: TestModel.path), to: models.appending(path: "tiny.safetensors"))
        let location = ModelLocation(environment: ["XDG_DATA_HOME": folder.url.path, "HOME": "/nowhere"])
        #expect(try location.open("tiny").bytes.count > 1000)
        #expect(try location.open(TestModel.path).bytes.count > 1000, "a path")
        #expect(try location.open(nil).name == "the default model")
        let error = #expect(throws: PuppetError.self) { try location.open("vox") }
        #expect(error?.description.contains(models.appending(path: "vox.safetensors").path) == true, "\(error!)")
    }
}

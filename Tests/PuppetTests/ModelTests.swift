import Foundation
import TestSupport
import Testing

extension PuppetTests {
    @Suite("puppet model")
    struct Models {
        private static let animation = [
            "--size", "64", "--driving", "clip.y4m", "--avatar", "face.png", "--output", "-",
        ]

        private func checkpoint() throws -> CheckpointBuilder {
            CheckpointBuilder(model: try readFile(Workbench.fixture.path))
        }

        /// Imported from either container, under its name, a model makes the very pictures that its tensors make.
        @Test(arguments: CheckpointBuilder.Container.allCases)
        func importedModelsMakeTheSamePictures(_ container: CheckpointBuilder.Container) throws {
            let bench = try Workbench()
            let environment = ["XDG_DATA_HOME": bench.path("data")]
            try bench.write(checkpoint().build(container), "vox-cpk.pth.tar")
            let arguments = ["model", "import", "vox-cpk.pth.tar"]
            let result = try bench.run(arguments, environment: environment)
            expectSuccess(result, arguments)
            let path = bench.path("data/puppet/models/vox.safetensors")
            #expect(
                String(decoding: result.output, as: UTF8.self)
                    == "vox: 1.5 MB, \(path)\nuse it with: puppet --model vox\n")
            let expected = try bench.run(
                ["animate", "--model", "tiny.safetensors"] + Workbench.unseeing + Self.animation)
            let found = try bench.run(
                ["animate", "--model", "vox"] + Workbench.unseeing + Self.animation, environment: environment)
            expectSuccess(found, ["animate", "--model", "vox"])
            #expect(found.output == expected.output && !found.output.isEmpty)

            let listing = try bench.run(["model", "list", "--json"], environment: environment)
            let json = try #require(JSONSerialization.jsonObject(with: Data(listing.output)) as? [String: Any])
            let models = try #require(json["models"] as? [[String: Any]])
            #expect(models.map { $0["name"] as? String } == ["default", "vox"])

            expectFailure(
                try bench.run(["model", "import", "vox-cpk.pth.tar"], environment: environment),
                "\(bench.path("data/puppet/models/vox.safetensors")): it is there already; "
                    + "say --force to replace it, or give another name")
            let forced = ["model", "import", "vox-cpk.pth.tar", "--force"]
            expectSuccess(try bench.run(forced, environment: environment), forced)
            for file in ["vox", "vox-cpk.pth.tar"] {
                let info = try bench.run(["model", "info", file, "--json"], environment: environment)
                expectSuccess(info, ["model", "info", file])
                let json = try #require(JSONSerialization.jsonObject(with: Data(info.output)) as? [String: Any])
                #expect(json["dataset"] as? String == "vox" && json["animates"] as? String == "faces")
                #expect(json["align_corners"] as? Bool == true && json["frame_size"] as? Int == 256)
                #expect((json["check"] as? [String: Any])?["is_sound"] as? Bool == true)
            }
        }

        /// What somebody made to do harm ends in one line, within two seconds and 64 MB beyond what puppet itself takes.
        @Test func hostileCheckpointsAreOneLine() throws {
            let bench = try Workbench()
            let idle = try bench.run(["model", "list"], environment: ["XDG_DATA_HOME": "/nowhere"]).peakMemory
            for file in HostileCheckpoint.all {
                let bytes = file.bytes
                try bench.write(bytes, "x.pth.tar")
                let clock = ContinuousClock()
                let start = clock.now
                let result = try bench.run(
                    ["model", "import", "x.pth.tar"], environment: ["XDG_DATA_HOME": bench.path("data")])
                #expect(clock.now - start < .seconds(2), "\(file)")
                #expect(result.ending == .exited(1), "\(file): \(result.errors)")
                #expect(result.line?.hasPrefix("puppet: x.pth.tar: ") == true, "\(file): \(result.errors)")
                #expect(result.output.isEmpty, "\(file)")
                // The file itself is mapped, and counts as far as it was read.
                let memory = result.peakMemory - idle - bytes.count
                #expect(memory < 64 << 20, "\(file): \(memory >> 20) MB")
            }
            #expect(!fileExists("/tmp/puppet-was-here"), "something was run")
            #expect(!fileExists(bench.path("data/puppet/models")), "something was written")
        }

        @Test func checkpointsAreNoModelsYet() throws {
            let bench = try Workbench()
            try bench.write(checkpoint().build(.archive), "vox.pth.tar")
            for command in [["animate", "--output", "null"], ["bench", "--runs", "1"]] {
                expectFailure(
                    try bench.run(command + ["--model", "vox.pth.tar"]),
                    "vox.pth.tar: a PyTorch checkpoint, not a model of puppet's; puppet model import makes one of it",
                    command)
            }
            expectFailure(
                try bench.run(["model", "import", "tiny.safetensors"]),
                "tiny.safetensors: a safetensors model, not a checkpoint; nothing has to be imported: give it to --model"
            )
            try bench.write(Array("\n<!DOCTYPE html><html><title>Quota exceeded</title>".utf8), "page.pth.tar")
            expectFailure(
                try bench.run(["model", "import", "page.pth.tar"]),
                "page.pth.tar: a web page, not a checkpoint; "
                    + "download it again, with a browser: the site had something to say first")
            try makeFolder(bench.path("unpacked.pth.tar"))
            expectFailure(
                try bench.run(["model", "import", "unpacked.pth.tar"]),
                "unpacked.pth.tar: a folder, not a file; "
                    + "give a .safetensors model, or a .pth.tar as it was downloaded, not unpacked")
            expectFailure(
                try bench.run(["model", "import", "none.pth.tar"]),
                "none.pth.tar: cannot read the model: No such file or directory")
        }

        @Test func mistakesAreOneLine() throws {
            let bench = try Workbench()
            expectFailure(
                try bench.run(["model", "fetch", "voxx"]), code: 64,
                "voxx: not a published model; there are vox-adv, vox, nemo, taichi, taichi-adv, fashion, mgif, bair; "
                    + "see puppet model fetch --help")
            expectFailure(
                try bench.run(["model", "import", "x", "--align-corners", "maybe"]), code: 64,
                "The value 'maybe' is invalid for '--align-corners <true|false>'; see puppet model import --help")
            expectFailure(
                try bench.run(["model", "info", "none"], environment: ["XDG_DATA_HOME": "/nowhere"]),
                "none: there is no model of this name: no file /nowhere/puppet/models/none.safetensors; "
                    + "put it there, or give the path of a .safetensors file")
        }

        /// Checkpoints that PyTorch wrote, where they are beside the repository.
        @Test(.enabled(if: FileManager.default.fileExists(atPath: Self.shared)))
        func whatPyTorchWroteMakesTheSamePictures() throws {
            for file in try fileNames(in: Self.shared) where file.hasSuffix(".pth.tar") {
                let bench = try Workbench()
                let environment = ["XDG_DATA_HOME": bench.path("data")]
                let fixture = file.split(separator: ".")[0]
                expectSuccess(
                    try bench.run(
                        ["model", "import", "\(Self.shared)/\(file)", "--name", "imported"], environment: environment),
                    [file])
                let expected = try bench.run(
                    ["animate", "--model", "\(Self.shared)/\(fixture).weights.safetensors"] + Workbench.unseeing
                        + Self.animation)
                let found = try bench.run(
                    ["animate", "--model", "imported"] + Workbench.unseeing + Self.animation, environment: environment)
                #expect(found.output == expected.output && !found.output.isEmpty, "\(file)")
            }
        }

        private static let shared: String = {
            let repository = Workbench.fixture.deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let folder = repository.deletingLastPathComponent().appendingPathComponent("shared/fixtures").path
            if !FileManager.default.fileExists(atPath: folder) {
                print("skipping the checkpoints that PyTorch wrote: there is no folder \(folder)")
            }
            return folder
        }()
    }
}

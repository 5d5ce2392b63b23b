import Foundation
import TestSupport
import Testing

/// A safetensors file in parts, to put together again with a fault in it.
struct ModelParts {
    var header: [String: Any]
    var data: [UInt8]

    init(_ file: [UInt8]) throws {
        let count = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        header =
            try #require(JSONSerialization.jsonObject(with: Data(file[8..<8 + count])) as? [String: Any])
        data = Array(file[(8 + count)...])
    }

    mutating func change(_ tensor: String, _ key: String, _ value: Any) throws {
        var entry = try #require(header[tensor] as? [String: Any])
        entry[key] = value
        header[tensor] = entry
    }

    /// - Parameter claimed: what to write for the header's length instead of the truth.
    func file(claimed: UInt64? = nil) throws -> [UInt8] {
        let json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
        let length = claimed ?? UInt64(json.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json + data
    }
}

/// A model file that must be refused.
struct BadModel: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable ([UInt8]) throws -> [UInt8]
    /// How the line starts after the file's name.
    let line: String

    private static let bias = "generator.final.bias"

    private static func named(_ names: String) -> @Sendable ([UInt8]) throws -> [UInt8] {
        edited {
            var metadata = $0.header["__metadata__"] as? [String: String] ?? [:]
            metadata["puppet.keypoints"] = names
            $0.header["__metadata__"] = metadata
        }
    }

    private static func edited(_ edit: @escaping @Sendable (inout ModelParts) throws -> Void)
        -> @Sendable ([UInt8])
        throws -> [UInt8]
    {
        {
            var parts = try ModelParts($0)
            try edit(&parts)
            return try parts.file()
        }
    }

    private static func lineForCut(to count: Int) -> String {
        switch count {
        case 0: "the file is empty; copy or download the model again"
        case 1..<8: "truncated: \(count) bytes, at least 8 expected; copy or download the model again"
        case 8..<15_000: "header of "
        default: "tensor "
        }
    }

    static let cutShort = [0, 1, 7, 8, 9, 100, 20_000, 100_000, 1_000_000, -1].map { count in
        BadModel(
            testDescription: count < 0 ? "without its last byte" : "cut to \(count) bytes",
            make: { Array(count < 0 ? $0.dropLast() : $0.prefix(count)) },
            line: lineForCut(to: count))
    }

    static let wrong = [
        BadModel(
            testDescription: "of another architecture",
            make: edited { parts in
                parts.header = Dictionary(
                    uniqueKeysWithValues: parts.header.map { name, entry in
                        (name == "__metadata__" ? name : "unet." + name, entry)
                    })
            },
            line: "tensor kp_detector."),
        BadModel(
            testDescription: "with a tensor too many",
            make: edited {
                $0.header["generator.extra.weight"] = [
                    "dtype": "F32", "shape": [2], "data_offsets": [$0.data.count, $0.data.count + 8],
                ]
                $0.data += [UInt8](repeating: 0, count: 8)
            },
            line: "tensor generator.extra.weight: no layer of a First Order Motion Model has it; "
                + "the model is of another architecture"),
        BadModel(
            testDescription: "with too few names of keypoints", make: named(#"["nose"]"#),
            line: "puppet.keypoints has 1 names, expected one for each of "),
        BadModel(
            testDescription: "with a name twice", make: named(#"["nose", "nose"]"#),
            line: "puppet.keypoints is not a JSON array of different names, one for each keypoint"),
        BadModel(
            testDescription: "with names that are none", make: named(#"{"nose": 1}"#),
            line: "puppet.keypoints is not a JSON array of different names, one for each keypoint"),
        BadModel(
            testDescription: "without a tensor", make: edited { $0.header[bias] = nil },
            line: "tensor \(bias): missing; the model is incomplete or of another architecture"),
        BadModel(
            testDescription: "with a wrong shape", make: edited { try $0.change(bias, "shape", [1, 3]) },
            line: "tensor \(bias): shape [1, 3], expected [3]"),
        BadModel(
            testDescription: "with a shape that does not fit its data",
            make: edited { try $0.change(bias, "shape", [4]) }, line: "tensor \(bias): "),
        BadModel(
            testDescription: "with an impossible shape",
            make: edited { try $0.change(bias, "shape", [Int.max, Int.max]) }, line: "tensor \(bias): "),
        BadModel(
            testDescription: "with a negative shape",
            make: edited { try $0.change(bias, "shape", [-3]) }, line: "tensor \(bias): "),
        BadModel(
            testDescription: "with a wrong type", make: edited { try $0.change(bias, "dtype", "BF16") },
            line: "tensor \(bias): type BF16, expected F32 or F16"),
        BadModel(
            testDescription: "with offsets that overlap",
            make: edited { try $0.change(bias, "data_offsets", [0, 12]) },
            line: "tensor "),
        BadModel(
            testDescription: "with offsets backwards", make: edited { try $0.change(bias, "data_offsets", [12, 0]) },
            line: "tensor \(bias): "),
        BadModel(
            testDescription: "with offsets beyond the file",
            make: edited { try $0.change(bias, "data_offsets", [1 << 40, (1 << 40) + 12]) }, line: "tensor \(bias): "),
        BadModel(
            testDescription: "with a header longer than the file",
            make: { try ModelParts($0).file(claimed: UInt64($0.count)) }, line: "header of "),
        BadModel(
            testDescription: "with a header of 2^64 - 1 bytes", make: { try ModelParts($0).file(claimed: .max) },
            line: "header of 18446744073709551615 bytes expected"),
        BadModel(
            testDescription: "with a header that is not JSON",
            make: { file in file.prefix(8) + [UInt8](repeating: UInt8(ascii: "{"), count: file.count - 8) },
            line: "the header is not a table of tensors"),
        BadModel(
            testDescription: "that is a picture",
            make: { _ in
                var png = PNGBuilder(width: 8, height: 8, .grey)
                return png.finish(rows: Array(repeating: Array(repeating: 9, count: 8), count: 8))
            }, line: "header of "),
        BadModel(
            testDescription: "with a NaN in it",
            make: { file in
                var parts = try ModelParts(file)
                let entry = try #require(parts.header[bias] as? [String: Any])
                let start = try #require((entry["data_offsets"] as? [Int])?.first)
                let isHalf = entry["dtype"] as? String == "F16"
                let notANumber: [UInt8] = isHalf ? [0x00, 0x7E] : [0x00, 0x00, 0xC0, 0x7F]
                parts.data.replaceSubrange(start..<start + notANumber.count, with: notANumber)
                return try parts.file()
            }, line: "tensor \(bias): contains NaN or infinity; the model is damaged"),
    ]
}

extension PuppetTests {
    @Suite("Models that cannot work")
    struct BadModels {
        @Test(arguments: BadModel.cutShort + BadModel.wrong)
        func isRefused(_ model: BadModel) throws {
            let bench = try Workbench()
            try bench.write(try model.make(readFile(Workbench.fixture.path)), "bad.safetensors")
            let result = try animate(bench, "bad.safetensors")
            #expect(result.ending == .exited(1), "\(model.testDescription): \(result.errors)")
            #expect(
                (result.line ?? "").hasPrefix("puppet: bad.safetensors: \(model.line)"),
                "\(model.testDescription): \(result.errors)")
            #expect(result.output.isEmpty)
        }

        @Test func missingFilesAndFolders() throws {
            let bench = try Workbench()
            try makeFolder(bench.path("folder.safetensors"))
            for (model, line) in [
                (
                    "folder.safetensors",
                    "folder.safetensors: a folder, not a file; give a .safetensors model, or a .pth.tar as it was downloaded, not unpacked"
                ),
                ("none.safetensors", "none.safetensors: there is no such model file; check the path"),
                ("./none", "./none: there is no such model file; check the path"),
                (
                    "vox",
                    "vox: there is no model of this name: no file /nowhere/puppet/models/vox.safetensors; "
                        + "put it there, or give the path of a .safetensors file"
                ),
            ] {
                expectFailure(try animate(bench, model), line, [model])
            }
        }

        /// What needs names is refused where there are none.
        @Test func partsNeedNames() throws {
            let bench = try Workbench()
            for option in [["--mouth-gain", "0.5"], ["--move", "head"], ["--lips", "relative"]] {
                let result = try bench.run(["animate"] + Workbench.tiny + ["--output", "null"] + option)
                expectFailure(
                    result,
                    "the model: does not say which of its keypoints are mouth, eyes and brows; leave out --mouth-gain, "
                        + "--eyes-gain, --brows-gain, --lips, --eyes and --move, or use another model", option)
            }
        }

        /// The file itself is sound: what is changed is enough to be refused.
        @Test func takenApartAndPutTogetherItWorks() throws {
            let bench = try Workbench()
            try bench.write(try ModelParts(readFile(Workbench.fixture.path)).file(), "same.safetensors")
            expectSuccess(try animate(bench, "same.safetensors", Workbench.unseeing), ["same.safetensors"])
        }

        private func animate(
            _ bench: borrowing Workbench, _ model: String, _ options: [String] = []
        ) throws -> PuppetProcess.Result {
            try bench.run(
                [
                    "animate", "--model", model, "--size", "\(Workbench.side)", "--driving", "clip.y4m", "--avatar",
                    "face.png", "--output", "null",
                ] + options, environment: ["XDG_DATA_HOME": "/nowhere"])
        }
    }
}

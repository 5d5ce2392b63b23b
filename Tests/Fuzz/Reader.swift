import Foundation
import TestSupport

@testable import Assets
@testable import Capture
@testable import Checkpoints
@testable import Driving
@testable import FOMMCore
@testable import Frames
@testable import Models
@testable import System

/// What reads bytes that may come from anywhere.
enum Reader: String {
    case pickle, zip, checkpoint, safetensors, config, y4m, picture, calibration

    static let chosen: Reader = {
        let name = ProcessInfo.processInfo.environment["PUPPET_FUZZ"] ?? ""
        guard let reader = Reader(rawValue: name) else { fatalError("PUPPET_FUZZ=\(name): no such reader") }
        return reader
    }()

    func read(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .pickle: _ = try? PickleReader.read(bytes, in: 0..<bytes.count, file: "input")
        case .zip:
            guard let archive = try? ZipArchive(bytes, file: "input") else { return }
            for entry in archive.entries.values { try? archive.verify(entry, in: bytes) }
        case .checkpoint: readCheckpoint(MappedFile(name: "input", borrowing: bytes))
        case .safetensors:
            let contents = try? SafetensorsFile(MappedFile(name: "input", borrowing: bytes))
            guard let contents else { return }
            _ = try? ModelArchitecture(shapes: contents.shapes, file: "input").multiplyAdds(frameSize: 256)
            _ = try? ModelConfiguration(contents)
        case .config:
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? TrainingConfiguration(ConfigFile(path: "input", text: text))
        case .y4m:
            withFile(bytes) { descriptor, _ in
                guard let reader = try? Y4MReader(descriptor: descriptor, name: "input") else { return }
                for _ in 0..<4 { guard (try? reader.next()) != nil else { return } }
            }
        case .picture: _ = try? ImageFile.decode(bytes, path: "input")
        case .calibration: withFile(bytes) { _, path in _ = try? CalibrationProfile(path: path, for: Self.model) }
        }
    }

    private func readCheckpoint(_ file: MappedFile) {
        guard let checkpoint = try? Checkpoint(file) else { return }
        for tensor in checkpoint.tensors.values where tensor.elementCount <= 1 << 12 {
            try? checkpoint.verify(tensor)
            _ = TensorElements(tensor, in: file.bytes).read(0..<tensor.elementCount)
        }
        _ = try? CheckpointConversion(checkpoint, half: false)
    }

    private static let model: FOMMModel = {
        guard let model = try? FOMMModel(EmbeddedAssets.model) else { fatalError("the bundled model does not load") }
        return model
    }()

    /// Bytes as a file in memory, for readers that want a descriptor or a path.
    private func withFile(_ bytes: UnsafeRawBufferPointer, _ body: (CInt, String) -> Void) {
        let path = "/dev/shm/puppet-fuzz-\(getpid())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(descriptor)
            unlink(path)
        }
        guard (try? writeAll(bytes, to: descriptor)) != nil, lseek(descriptor, 0, SEEK_SET) == 0 else { return }
        body(descriptor, path)
    }
}

// MARK: - Seeds

extension Reader {
    /// Sound files and small hostile ones, to begin with.
    func writeSeeds(to folder: String) {
        for (index, seed) in seeds.enumerated() where seed.count <= 1 << 16 {
            try? writeFile(seed, to: "\(folder)/seed-\(index)")
        }
    }

    private var seeds: [[UInt8]] {
        let small = CheckpointBuilder.small
        let hostile = HostileCheckpoint.all.map(\.bytes).filter { $0.count < 1 << 14 }
        switch self {
        case .pickle:
            return (2...5).map { small.root.pickle(version: $0) } + small.streamParts()
        case .zip, .checkpoint:
            var wide = small
            wide.isZip64 = true
            return [small.build(.stream), small.build(.archive), wide.build(.archive)] + hostile
        case .safetensors:
            let header = SafetensorsHeader(
                [.init("generator.a", .float32, [2, 2]), .init("kp_detector.b", .float16, [3])],
                metadata: ["puppet.align_corners": "true", "puppet.config": ModelConfiguration().json])
            return [header.bytes + [UInt8](repeating: 0, count: 22)]
        case .config:
            return [
                "model_params:\n  common_params:\n    num_kp: 10\n  a: [1, 2]  # b\n",
                "%YAML 1.1\n---\nmodel_params: {\"a\": ~, 'b': [1,\n 2]}\n...\n",
                "model_params: &a\n- |\n text\n- >-\n  text\n- *a\n- !!int 1\n? b\n: \"\\u00e9\\n\"\n---\nc: d\n",
            ].map { Array($0.utf8) }
        case .y4m:
            return ["Ip C420jpeg", "C444 XCOLORRANGE=FULL", "Cmono", "C422 A1:1"].map { options in
                Array("YUV4MPEG2 W4 H4 F25:1 \(options)\nFRAME\n".utf8) + [UInt8](repeating: 99, count: 48)
            }
        case .picture:
            let pixels = PixelBuffer(size: FrameSize(width: 5, height: 4)) {
                $0.initializeMemory(as: UInt8.self, repeating: 7)
            }
            return [PNGFile.encode(pixels)] + JPEGBuilder.Kind.allCases.map { JPEGBuilder.encode(pixels, $0) }
        case .calibration: return [(try? readFile("calibration/sample.json")) ?? []]
        }
    }
}

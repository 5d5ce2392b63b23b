import FOMMCore
import Foundation
import System

/// Random weights in the architecture of the published 256 px models (vox, taichi, ...), to measure speed with: 60 million
/// of them, written to a temporary file as float16.
struct RandomModel {
    private enum Contents {
        /// Of this standard deviation.
        case random(Double)
        /// Around 1: batch-norm scales and variances.
        case nearOne
        /// A Gaussian of 13 taps, which takes every fourth pixel.
        case blur
        /// Of a Jacobian head: the identity for each keypoint.
        case identity
    }

    private var tensors: [(name: String, shape: [Int], contents: Contents)] = []

    /// - Returns: the file, mapped; its name on disk is gone already.
    static func published() throws -> MappedFile {
        var model = RandomModel()
        model.describe()
        let path = FileManager.default.temporaryDirectory.appending(path: "puppet-bench-\(getpid()).safetensors").path
        let file = try AtomicFile(path: path)
        try model.write(to: file)
        try file.commit()
        defer { unlink(path) }
        return try MappedFile(path: path)
    }

    private mutating func describe() {
        let (keypoints, motions) = (10, 11)
        addHourglass("kp_detector.predictor", inputs: 3, width: 32)
        tensors.append(("kp_detector.down.weight", [3, 1, 13, 13], .blur))
        addConvolution("kp_detector.kp", inputs: 35, outputs: keypoints, kernel: 7, gain: 4)
        addConvolution(
            "kp_detector.jacobian", inputs: 35, outputs: 4 * keypoints, kernel: 7, gain: 0.3, bias: .identity)

        let dense = "generator.dense_motion_network"
        addHourglass(dense + ".hourglass", inputs: 4 * motions, width: 64)
        tensors.append((dense + ".down.weight", [3, 1, 13, 13], .blur))
        addConvolution(dense + ".mask", inputs: 64 + 4 * motions, outputs: motions, kernel: 7)
        addConvolution(dense + ".occlusion", inputs: 64 + 4 * motions, outputs: 1, kernel: 7)

        addBlock("generator.first", inputs: 3, outputs: 64, kernel: 7)
        addBlock("generator.down_blocks.0", inputs: 64, outputs: 128)
        addBlock("generator.down_blocks.1", inputs: 128, outputs: 256)
        for index in 0..<6 {
            for part in 1...2 {
                addNorm("generator.bottleneck.r\(index).norm\(part)", channels: 256)
                addConvolution("generator.bottleneck.r\(index).conv\(part)", inputs: 256, outputs: 256)
            }
        }
        addBlock("generator.up_blocks.0", inputs: 256, outputs: 128)
        addBlock("generator.up_blocks.1", inputs: 128, outputs: 64)
        addConvolution("generator.final", inputs: 64, outputs: 3, kernel: 7)
    }

    private mutating func addHourglass(_ path: String, inputs: Int, width: Int) {
        let blocks = 5
        func channels(_ level: Int) -> Int { min(1024, width << level) }
        for level in 0..<blocks {
            addBlock(
                "\(path).encoder.down_blocks.\(level)", inputs: level == 0 ? inputs : channels(level),
                outputs: channels(level + 1))
        }
        for (index, level) in (0..<blocks).reversed().enumerated() {
            addBlock(
                "\(path).decoder.up_blocks.\(index)", inputs: (index == 0 ? 1 : 2) * channels(level + 1),
                outputs: channels(level))
        }
    }

    private mutating func addBlock(_ path: String, inputs: Int, outputs: Int, kernel: Int = 3) {
        addConvolution(path + ".conv", inputs: inputs, outputs: outputs, kernel: kernel)
        addNorm(path + ".norm", channels: outputs)
    }

    private mutating func addConvolution(
        _ path: String, inputs: Int, outputs: Int, kernel: Int = 3, gain: Double = 1.4, bias: Contents = .random(0.05)
    ) {
        let deviation = gain / Double(inputs * kernel * kernel).squareRoot()
        tensors.append((path + ".weight", [outputs, inputs, kernel, kernel], .random(deviation)))
        tensors.append((path + ".bias", [outputs], bias))
    }

    private mutating func addNorm(_ path: String, channels: Int) {
        tensors.append((path + ".weight", [channels], .nearOne))
        tensors.append((path + ".bias", [channels], .random(0.2)))
        tensors.append((path + ".running_mean", [channels], .random(0.2)))
        tensors.append((path + ".running_var", [channels], .nearOne))
    }

    private func write(to file: AtomicFile) throws {
        let header = SafetensorsHeader(tensors.map { .init($0.name, .float16, $0.shape) })
        try header.bytes.withUnsafeBytes { try file.write($0) }
        var random = SplitMix64(state: 1)
        for tensor in tensors {
            let values = Self.values(tensor.shape, tensor.contents, &random)
            try values.withUnsafeBytes { try file.write($0) }
        }
    }

    private static func values(_ shape: [Int], _ contents: Contents, _ random: inout SplitMix64) -> [Float16] {
        let count = shape.reduce(1, *)
        switch contents {
        case .random(let deviation):
            // Uniform, of the same deviation as a normal distribution would have.
            let reach = Float(deviation * 3.0.squareRoot())
            return (0..<count).map { _ in Float16(random.nextUnit() * reach) }
        case .nearOne:
            return (0..<count).map { _ in Float16(1 + 0.3 * random.nextUnit()) }
        case .blur:
            let line = (-6...6).map { exp(-Double($0 * $0) / 4.5) }
            let sum = line.reduce(0, +)
            return (0..<count).map { Float16(line[$0 / 13 % 13] * line[$0 % 13] / (sum * sum)) }
        case .identity:
            return (0..<count).map { $0 % 4 == 0 || $0 % 4 == 3 ? 1 : 0 }
        }
    }
}

/// A small generator with the same numbers everywhere. Source: Steele, Lea, Flood, OOPSLA 2014.
struct SplitMix64 {
    var state: UInt64

    /// -1 ..< 1.
    mutating func nextUnit() -> Float {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Float(z >> 40) * 0x1p-23 - 1
    }
}

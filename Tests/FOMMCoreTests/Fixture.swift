import Foundation
import TestSupport

@testable import FOMMCore

/// A small random network and what each of its stages returns, as the PyTorch reference computed it.
struct Fixture: Sendable, CustomStringConvertible {
    let name: String
    let weights: MappedFile
    let configuration: ModelConfiguration
    private let stages: SafetensorsFile

    var description: String { name }

    static let folder = projectFolder.appending(path: "Tests/Fixtures").path

    /// Those of the project, and every one in the folder that `PUPPET_FIXTURES` names.
    static let all = own + others

    /// Names, and the file their weights are in.
    private static let own: [Fixture] = [
        ("tiny", "tiny"), ("tiny-align-corners-false", "tiny"), ("tiny-single-jacobian", "tiny-single-jacobian"),
        ("tiny-no-jacobian", "tiny-no-jacobian"), ("tiny-no-occlusion", "tiny-no-occlusion"),
        ("tiny-five-keypoints", "tiny-five-keypoints"), ("tiny-full-resolution", "tiny-full-resolution"),
        ("tiny-half-resolution", "tiny-half-resolution"),
    ].map { name, weights in
        do {
            return try Fixture(name, weights: "\(folder)/\(weights).weights.safetensors", in: folder)
        } catch {
            preconditionFailure("fixture \(name): \(error)")
        }
    }

    private static let others: [Fixture] = {
        guard let folder = ProcessInfo.processInfo.environment["PUPPET_FIXTURES"] else { return [] }
        let suffix = ".stages.safetensors"
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(suffix) }.sorted()
                .map { file in
                    let name = String(file.dropLast(suffix.count))
                    return try Fixture(name, weights: "\(folder)/\(name).weights.safetensors", in: folder)
                }
        } catch {
            preconditionFailure("PUPPET_FIXTURES=\(folder): \(error)")
        }
    }()

    static let tiny = own[0]

    init(_ name: String, weights: String, in folder: String) throws {
        self.name = name
        self.weights = try MappedFile(path: weights)
        stages = try SafetensorsFile(MappedFile(path: "\(folder)/\(name).stages.safetensors"))
        var configuration = ModelConfiguration()
        configuration.alignCorners = stages.metadata["align_corners"] == "true"
        self.configuration = configuration
    }

    /// Rows of the frame.
    var frameSize: Int { stages.tensors["source"]!.shape[2] }

    func has(_ tensor: String) -> Bool { stages.tensors[tensor] != nil }

    func callAsFunction(_ tensor: String) -> [Float] {
        guard let entry = stages.tensors[tensor] else { preconditionFailure("fixture \(name) has no \(tensor)") }
        return stages.file.bytes[entry.range].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// Keypoints stored as `kp.<part>.value` and, where the model has them, `kp.<part>.jacobian`.
    func keypoints(_ part: String) -> Keypoints {
        let values = self("kp.\(part).value")
        let hasJacobians = has("kp.\(part).jacobian")
        var keypoints = Keypoints(count: values.count / 2, hasJacobians: hasJacobians)
        for index in 0..<keypoints.count {
            keypoints[value: index] = SIMD2(values[2 * index], values[2 * index + 1])
            guard hasJacobians else { continue }
            let m = self("kp.\(part).jacobian")[4 * index..<4 * index + 4].map(Double.init)
            keypoints[jacobian: index] = Matrix2x2(m[0], m[1], m[2], m[3])
        }
        return keypoints
    }

    func model(_ instructionSet: InstructionSet) throws -> FOMMModel {
        try FOMMModel(
            weights, frameSize: frameSize, configuration: configuration, instructionSet: instructionSet)
    }

    /// A picture of the fixture as the 8-bit RGB it was made from.
    func rgb8(_ picture: String) -> [UInt8] {
        let planar = self(picture)
        let area = planar.count / 3
        return (0..<3 * area).map { UInt8((planar[$0 % 3 * area + $0 / 3] * 255).rounded()) }
    }
}

extension Keypoints {
    var values: [Float] { (0..<count).flatMap { [self[value: $0].x, self[value: $0].y] } }

    var jacobians: [Float] {
        guard hasJacobians else { return [] }
        return (0..<count).flatMap { index in
            let m = self[jacobian: index]
            return [m.xx, m.xy, m.yx, m.yy].map { Float($0) }
        }
    }
}

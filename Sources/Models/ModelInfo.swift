import Checkpoints
import Driving
import FOMMCore
import Foundation
import System

/// What `puppet model info` prints: of a model, or of a checkpoint before it is imported.
package struct ModelInfo: PrintableReport, Sendable {
    package struct Architecture: Encodable, Sendable {
        package let keypoints: Int
        /// As many as keypoints, 1 for all of them, or 0.
        package let jacobianMaps: Int
        package let occlusionMap: Bool
        /// Channels of the detector's and the dense motion network's hourglass, down and up again.
        package let detector: [Int]
        package let denseMotion: [Int]
        /// Channels of the generator's first block and after each down-block.
        package let generator: [Int]
        package let residualBlocks: Int

        init(_ model: ModelArchitecture) {
            keypoints = model.keypoints
            jacobianMaps = model.jacobianMaps
            occlusionMap = model.hasOcclusionMap
            detector = model.detector.encoder + model.detector.decoder
            denseMotion = model.dense.encoder + model.dense.decoder
            generator = model.generatorWidths
            residualBlocks = model.residualBlocks
        }
    }

    /// What became of the bundled portrait.
    package struct Check: Encodable, Sendable {
        /// Whether all weights are numbers; without it the model does not load, and there is no report.
        package let finite = true
        package let keypointsInside: Int
        /// Mean absolute difference, 0 to 1, between the portrait and what the model makes of it when it drives itself.
        package let selfDifference: Double
        package let isSound: Bool
    }

    package let name: String
    package let path: String
    package let format: String
    package let sizeBytes: Int
    package let parameters: Int
    package let architecture: Architecture
    /// Rows and columns of a frame, which the multiply-adds are for.
    package let frameSize: Int
    package let macsPerFrame: Double
    package let macsPerAvatar: Double
    package let alignCorners: Bool
    package let temperature: Float
    package let keypointVariance: Float
    package let relativeMotion: Bool
    /// The lowest PSNR of int8 against float32, in dB, by ``InstructionSet/int8Levels``; `nil` where no scales are stored
    /// with the model.
    package let int8Psnr: [Int: Double]?
    package let animates: String
    package let dataset: String?
    package let source: String?
    package let sourceSha256: String?
    package let licence: String?
    package let check: Check

    /// - Parameters:
    ///   - name: as the user gave it.
    ///   - file: a model, or a checkpoint.
    ///   - threads: for the check.
    /// - Throws: ``WeightError`` for what cannot be used; ``FrameError`` where there is no room for the temporary model that
    ///   a checkpoint is converted to for the check.
    package init(_ name: String, _ file: MappedFile, threads: Int) throws {
        self.name = name
        path = file.name
        sizeBytes = file.bytes.count
        let model: MappedFile
        if Checkpoint.mayBeOne(file) {
            let checkpoint = try Checkpoint(file)
            format = checkpoint.format
            model = try Self.converted(checkpoint, file)
        } else {
            format = "safetensors"
            model = file
        }
        let network: FOMMModel
        do throws(WeightError) {
            network = try FOMMModel(model)
        } catch {
            throw error.renamed(from: model.name, to: file.name)
        }
        let shapes = try SafetensorsFile(model).shapes
        let architecture = try ModelArchitecture(shapes: shapes, file: file.name)
        self.architecture = Architecture(architecture)
        parameters = architecture.parameters
        frameSize = network.frameSize
        macsPerFrame = architecture.multiplyAdds(
            frameSize: network.frameSize, headPadding: network.configuration.headPadding)
        macsPerAvatar = architecture.multiplyAdds(frameSize: network.frameSize, perAvatar: true)
        alignCorners = network.configuration.alignCorners
        temperature = network.configuration.temperature
        keypointVariance = network.configuration.keypointVariance
        relativeMotion = network.configuration.movesRelatively
        let int8Quality = Int8Quality(metadata: network.metadata).lowestPsnr
        int8Psnr = int8Quality.isEmpty ? nil : int8Quality
        animates = network.metadata["puppet.animates"] ?? "faces"
        dataset = network.metadata["puppet.dataset"]
        source = network.metadata["puppet.source"]
        sourceSha256 = network.metadata["puppet.source_sha256"]
        licence = network.metadata["puppet.licence"]
        check = try Self.check(network, threads: threads)
    }

    /// The checkpoint as a model without a name on the disk.
    private static func converted(_ checkpoint: Checkpoint, _ file: MappedFile) throws -> MappedFile {
        let conversion = try CheckpointConversion(checkpoint, half: false)
        let (configuration, published) = try ModelImport(into: ModelFolder(environment: [:]), .init())
            .configuration(for: file.name, conversion.architecture)
        let path = FileManager.default.temporaryDirectory.appending(path: "puppet-info-\(getpid()).safetensors").path
        try ModelImport.write(conversion, to: path, file, configuration, published) { _, _ in }
        defer { unlink(path) }
        return try MappedFile(path: path)
    }

    private static func check(_ network: FOMMModel, threads: Int) throws -> Check {
        let detector = FrameDetector(network, threads: threads)
        let avatar = try AvatarList(nil).load(0, AvatarReader(detector))
        let keypoints = avatar.context.keypoints
        let inside = (0..<keypoints.count).count { index in
            let value = keypoints[value: index]
            return abs(value.x) <= 1 && abs(value.y) <= 1  // false for NaN
        }
        let generator = FrameGenerator(network, threads: threads)
        var picture = [UInt8](repeating: 0, count: 3 * network.frameSize * network.frameSize)
        let motion = generator.denseMotion(avatar.context, showing: keypoints)
        _ = picture.withUnsafeMutableBytes { generator.generate(avatar.context, motion, into: $0) }
        let difference = avatar.picture.pixels.withBytes { original in
            zip(original, picture).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }
        return Check(
            keypointsInside: inside,
            selfDifference: (Double(difference) / Double(picture.count) / 255).rounded(toPlaces: 4),
            isSound: inside == keypoints.count)
    }

    package var table: String {
        let widths = { (channels: [Int]) in channels.map { "\($0)" }.joined(separator: " ") }
        let jacobians =
            switch architecture.jacobianMaps {
            case 0: "no Jacobians"
            case 1: "one Jacobian map"
            default: "a Jacobian each"
            }
        let rows: [(String, String?)] = [
            ("file", path == name ? nil : path),
            ("format", "\(format), \(Self.megabytes(sizeBytes)) MB"),
            ("animates", animates + (dataset.map { " (\($0))" } ?? "")),
            ("parameters", String(format: "%.1f M", Double(parameters) / 1e6)),
            (
                "keypoints",
                "\(architecture.keypoints), \(jacobians)" + (architecture.occlusionMap ? ", occlusion map" : "")
            ),
            ("detector", widths(architecture.detector)),
            ("dense motion", widths(architecture.denseMotion)),
            ("generator", widths(architecture.generator) + ", \(architecture.residualBlocks) residual blocks"),
            (
                "a frame",
                String(
                    format: "%d px, %.1f GMAC; an avatar %.1f more", frameSize, macsPerFrame / 1e9, macsPerAvatar / 1e9)
            ),
            ("motion", relativeMotion ? "relative" : "absolute"),
            (
                "configuration",
                "align_corners \(alignCorners), temperature \(temperature), kp_variance \(keypointVariance)"
            ),
            ("int8", int8Psnr.map(Self.int8Line)),
            ("source", source ?? sourceSha256.map { _ in "a checkpoint" }), ("SHA-256 of it", sourceSha256),
            ("licence", licence),
            (
                "check",
                "weights finite, \(check.keypointsInside) of \(architecture.keypoints) keypoints of the test face inside, "
                    + "driving itself it comes back \(check.selfDifference) off"
            ),
        ]
        return ([name] + rows.compactMap { label, text in text.map { Self.row(label, $0) } }).joined(separator: "\n")
    }

    private static func int8Line(_ lowestPsnr: [Int: Double]) -> String {
        let figures = lowestPsnr.sorted { $0.key > $1.key }
            .map { "\($0.value) dB with \($0.key) steps to either side" }
        return "scales stored; PSNR against float32 at least " + figures.joined(separator: ", ")
    }

    private static func row(_ label: String, _ text: String) -> String {
        "  " + label.padding(toLength: 15, withPad: " ", startingAt: 0) + text
    }

    static func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
}

import Checkpoints
import FOMMCore
import System
import SystemPackage

/// `puppet model import`: a published checkpoint becomes a model in the user's folder, found by name.
package struct ModelImport {
    package struct Settings: Sendable {
        /// `nil` takes it from the file's name: vox-adv-cpk.pth.tar becomes vox-adv.
        package var name: String?
        /// A YAML file of the reference implementation, or the name of a published one such as vox-adv-256.
        package var config: String?
        package var alignCorners: Bool?
        /// Whether convolutions' weights are stored as float16.
        package var half = false

        package init() {}
    }

    /// What there is afterwards.
    package struct Outcome: Sendable, PrintableReport {
        package let name: String
        package let path: String
        package let bytes: Int
        /// SHA-256 of the checkpoint.
        package let sourceSha256: String
        /// Weights and statistics.
        package let parameters: Int

        package var table: String {
            "\(name): \(ModelInfo.megabytes(bytes)) MB, \(path)\nuse it with: puppet --model \(name)"
        }
    }

    private let folder: ModelFolder
    private let settings: Settings

    package init(into folder: ModelFolder, _ settings: Settings) {
        self.folder = folder
        self.settings = settings
    }

    /// The file that the model will be in.
    ///
    /// - Parameter source: the path of a `.pth.tar`.
    /// - Throws: ``PuppetError`` for a name that is none.
    package func target(of source: String) throws -> String {
        folder.path(of: try ModelFolder.validated(settings.name ?? Self.name(of: source)))
    }

    /// - Parameters:
    ///   - source: the path of a `.pth.tar`.
    ///   - progress: told work that is done, and all of it, both in bytes.
    /// - Throws: ``WeightError`` for what is wrong with the checkpoint; ``PuppetError`` for name and configuration;
    ///   ``FrameError`` where there is no room. Nothing is left behind then.
    package func run(_ source: String, progress: (Int, Int) throws -> Void = { _, _ in }) throws -> Outcome {
        let name = try ModelFolder.validated(settings.name ?? Self.name(of: source))
        let file = try MappedFile(path: source)
        let checkpoint = try Checkpoint(file)
        let conversion = try CheckpointConversion(checkpoint, half: settings.half)
        let (configuration, published) = try configuration(for: source, conversion.architecture)
        try folder.create()
        let target = folder.path(of: name)
        let sha = try Self.write(
            conversion, to: target, file, configuration, published, progress: progress)
        return Outcome(
            name: name, path: target, bytes: fileSize(target) ?? 0, sourceSha256: sha,
            parameters: conversion.architecture.parameters)
    }

    /// Converts to a file that appears complete or not at all.
    ///
    /// - Returns: SHA-256 of the checkpoint.
    @discardableResult
    static func write(
        _ conversion: CheckpointConversion, to target: String, _ source: MappedFile,
        _ configuration: ModelConfiguration, _ published: PublishedModel?,
        progress: (Int, Int) throws -> Void
    ) throws -> String {
        let output = try AtomicFile(path: target)
        // Hashing reads all of the checkpoint, converting the two networks.
        let total = source.bytes.count + conversion.size
        let sha = try source.sha256 { try progress($0, total) }
        var metadata = [
            "puppet.config": configuration.json, "puppet.align_corners": "\(configuration.alignCorners)",
            "puppet.source_sha256": sha,
            "puppet.source": FilePath(source.name).lastComponent?.string ?? "",
        ]
        if let published {
            metadata["puppet.dataset"] = published.name
            metadata["puppet.animates"] = published.animates
            metadata["puppet.licence"] = PublishedModel.licence
        }
        try conversion.write(metadata: metadata, to: { try output.write($0) }) {
            try progress(source.bytes.count + $0, total)
        }
        try output.commit()
        return sha
    }

    /// What the model is run with, and which published one it is. From the most particular to the least: options, the
    /// configuration, what is known of a published model by the checkpoint's name, defaults.
    ///
    /// - Throws: ``PuppetError`` `.badConfig` where the configuration cannot be read or is another model's.
    func configuration(
        for source: String, _ architecture: ModelArchitecture
    ) throws -> (ModelConfiguration, PublishedModel?) {
        var published = [settings.config, source].lazy.compactMap { $0.flatMap(PublishedModel.ofFile) }.first
        var training = published?.training ?? TrainingConfiguration()
        if let config = settings.config {
            let isFile = PublishedModel.ofFile(config) == nil || (try? FileKind(path: config)) == .regular
            if isFile { training = try TrainingConfiguration(ConfigFile(path: config)) }
            if let contradiction = training.contradiction(to: architecture) {
                throw PuppetError(.badConfig, config, contradiction, hint: "give the checkpoint's own configuration")
            }
        } else if training.contradiction(to: architecture) != nil {
            // Called as a published one, and something else.
            (training, published) = (TrainingConfiguration(), nil)
        }
        var configuration = training.modelConfiguration
        configuration.alignCorners = settings.alignCorners ?? configuration.alignCorners
        if let complaint = configuration.complaint {
            throw PuppetError(
                .badConfig, settings.config ?? source, complaint, hint: "correct the configuration")
        }
        return (configuration, published)
    }

    /// The file's name without what published checkpoints' names end in.
    static func name(of source: String) -> String {
        if let published = PublishedModel.ofFile(source) { return published.name }
        var name = FilePath(source).lastComponent?.string ?? source
        for suffix in [".tar", ".pth", ".pt", "-cpk"] where name.hasSuffix(suffix) && name.count > suffix.count {
            name.removeLast(suffix.count)
        }
        return name
    }
}

import FOMMCore
import Foundation
import Glibc
import System

/// `puppet model fetch`: downloads a published checkpoint and imports it.
package struct ModelFetch {
    private let folder: ModelFolder
    private let model: PublishedModel
    private let addresses: [String]
    private let download: ModelDownload.Settings

    /// - Parameters:
    ///   - address: fetched instead of the table's; HTTP is allowed then.
    ///   - searchPath: where to look for curl, the value of `PATH`.
    ///   - environment: of the process; what curl needs of it is passed on.
    package init(
        into folder: ModelFolder, _ model: PublishedModel, address: String? = nil, searchPath: String,
        environment: [String: String]
    ) {
        self.folder = folder
        self.model = model
        addresses = address.map { [$0] } ?? model.urls
        let wanted = Set(
            ["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap { [$0, $0.uppercased()] }
                + ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"])
        download = ModelDownload.Settings(
            searchPath: searchPath, environment: environment.filter { wanted.contains($0.key) },
            allowsPlainHTTP: address != nil)
    }

    package enum Progress: Sendable {
        case downloading(bytes: Int, total: Int?)
        case importing(done: Int, total: Int)
    }

    /// - Parameter keepsCheckpoint: whether the download stays beside the model once it is imported. One that was there
    ///   already always does.
    /// - Throws: ``PuppetError`` `.cannotFetch`; what ``ModelImport`` throws. A download that broke off goes on next time;
    ///   one that turned out to be no checkpoint is removed.
    package func run(
        half: Bool = false, keepsCheckpoint: Bool = false, progress: (Progress) throws -> Void
    ) throws -> ModelImport.Outcome {
        try folder.create()
        let target = "\(folder.path)/\(model.fileName)"
        let isThere = (try? FileKind(path: target)) == .regular
        if !isThere { try fetch(to: target, progress) }
        var settings = ModelImport.Settings()
        settings.name = model.name
        settings.half = half
        do {
            let outcome = try ModelImport(into: folder, settings).run(target) {
                try progress(.importing(done: $0, total: $1))
            }
            if !isThere, !keepsCheckpoint { unlink(target) }
            return outcome
        } catch let error as WeightError {
            if !isThere { unlink(target) }
            throw error
        }
    }

    /// From the first address that has it.
    private func fetch(to target: String, _ progress: (Progress) throws -> Void) throws {
        for (index, address) in addresses.enumerated() {
            do {
                try ModelDownload(from: address, to: target, mostBytes: model.mostBytes, download)
                    .run(md5: model.md5) { try progress(.downloading(bytes: $0, total: $1)) }
                return
            } catch let error as PuppetError where error.code == .cannotFetch {
                if index == addresses.count - 1 {
                    throw PuppetError(
                        .cannotFetch, error.subject, error.detail,
                        hint: (error.hint.map { $0 + "; or " } ?? "")
                            + "get \(model.fileName) by hand from \(PublishedModel.home) and say puppet model import")
                }
            }
        }
    }
}

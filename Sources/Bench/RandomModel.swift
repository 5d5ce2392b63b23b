import FOMMCore
import Foundation
import System

/// Random weights in the architecture of the published 256 px models, to measure speed with: 60 million of them, written to
/// a temporary file, those of convolutions as float16.
enum RandomModel {
    /// - Returns: the file, mapped; its name on disk is gone already.
    /// - Throws: ``FrameError`` where there is no room for it.
    static func published() throws -> MappedFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "puppet-bench-\(getpid()).safetensors").path
        let file = try AtomicFile(path: path)
        try RandomWeights().write(NetworkDescription(.published), half: true) { try file.write($0) }
        try file.commit()
        defer { unlink(path) }
        return try MappedFile(path: path)
    }
}

import Assets
import Capture
import FOMMCore
import Foundation
import Glibc
import System

/// What `puppet doctor` knows of the computer and asks of it; tests play it.
package struct DoctorSystem: Sendable {
    /// All of a file; `nil` where it is missing or may not be read.
    var contents: @Sendable (_ path: String) -> [UInt8]?
    var exists: @Sendable (_ path: String) -> Bool
    var isWritable: @Sendable (_ path: String) -> Bool
    /// Whether a program listens at a socket.
    var isListening: @Sendable (_ path: String) -> Bool
    /// Names in a folder but hidden ones.
    var entries: @Sendable (_ folder: String) -> [String]
    /// Where a program is that can be started by its name.
    var program: @Sendable (_ name: String) -> String?
    /// The default model's fingerprint; throws where it does not load.
    var model: @Sendable () throws -> String
    var devices: [CameraInfo]
    /// Names of ``FOMMCore/InstructionSet/supported``, slowest first.
    var instructionSets: [String]
    /// Processors that threads may run on.
    var processors: Int
    var environment: [String: String]

    /// This computer.
    ///
    /// - Parameters:
    ///   - environment: of the process.
    ///   - searchPath: where programs are looked for, the value of `PATH`.
    package static func live(environment: [String: String], searchPath: String) -> DoctorSystem {
        DoctorSystem(
            contents: { path in try? FileBytes(path: path, limit: mostBytes).withBytes { Array($0) } },
            exists: { access($0, F_OK) == 0 },
            isWritable: { access($0, W_OK) == 0 },
            isListening: SocketAddress.isListening,
            entries: folderEntries,
            program: { ChildProcess.find($0, searchPath: searchPath) },
            model: { try FOMMModel(EmbeddedAssets.model).fingerprint },
            devices: CameraList().all(),
            instructionSets: InstructionSet.supported.map(\.name),
            processors: ProcessInfo.processInfo.activeProcessorCount,
            environment: environment)
    }

    /// Larger than any list of modules, and than any module.
    private static let mostBytes = 1 << 24

    /// - Returns: a text file without white space around it; `nil` where it is missing or may not be read.
    func text(_ path: String) -> String? {
        contents(path).map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
    }
}

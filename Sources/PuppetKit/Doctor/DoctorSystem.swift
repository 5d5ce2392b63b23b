import Capture
import FOMMCore
import Foundation
import Frames
import Glibc

/// What `puppet doctor` knows of the computer and asks of it; tests play it.
package struct DoctorSystem: Sendable {
    /// All of a file; `nil` where it is missing or may not be read.
    package var contents: @Sendable (_ path: String) -> [UInt8]?
    package var exists: @Sendable (_ path: String) -> Bool
    package var isWritable: @Sendable (_ path: String) -> Bool
    /// Names in a folder but hidden ones.
    package var entries: @Sendable (_ folder: String) -> [String]
    /// Where a program is that can be started by its name.
    package var program: @Sendable (_ name: String) -> String?
    /// The default model's fingerprint; throws where it does not load.
    package var model: @Sendable () throws -> String
    package var devices: [CameraInfo]
    /// Names of ``FOMMCore/InstructionSet/supported``, slowest first.
    package var instructionSets: [String]
    /// Processors that threads may run on.
    package var processors: Int
    package var environment: [String: String]

    package init(
        contents: @escaping @Sendable (String) -> [UInt8]?, exists: @escaping @Sendable (String) -> Bool,
        isWritable: @escaping @Sendable (String) -> Bool, entries: @escaping @Sendable (String) -> [String],
        program: @escaping @Sendable (String) -> String?, model: @escaping @Sendable () throws -> String,
        devices: [CameraInfo], instructionSets: [String], processors: Int, environment: [String: String]
    ) {
        self.contents = contents
        self.exists = exists
        self.isWritable = isWritable
        self.entries = entries
        self.program = program
        self.model = model
        self.devices = devices
        self.instructionSets = instructionSets
        self.processors = processors
        self.environment = environment
    }

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

import ArgumentParser
import Assets
import FOMMCore
import Foundation
import Models

/// What computes the network.
struct ComputeOptions: ParsableArguments {
    @Option(
        name: .customLong("threads"),
        help: ArgumentHelp(
            "Threads of the network. (default: one per core, also where a core runs two)", valueName: "threads"))
    var chosenThreads: Int?

    @Option(help: "Kernels: auto, \(InstructionSet.names.reversed().joined(separator: ", ")).")
    var isa = "auto"

    @Option(
        help: """
            float32, int8, or auto: int8 where it is faster on this computer, which is measured once, and the model's \
            scales passed, otherwise float32. Default: auto, but float32 for animate.
            """)
    var precision: PrecisionChoice?

    func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads \(threads): expected 1 to 256.") }
        guard isa == "auto" || InstructionSet.names.contains(isa) else {
            throw ValidationError("--isa \(isa): expected auto, \(InstructionSet.names.joined(separator: ", ")).")
        }
        guard isa == "auto" || InstructionSet(named: isa) != nil else {
            throw ValidationError("--isa \(isa): this computer does not have it; auto picks \(InstructionSet.best).")
        }
        guard precision != .int8 || instructionSet.hasInt8 else {
            throw ValidationError("--precision int8: \(instructionSet) has no kernels for it; use float32 or auto.")
        }
    }

    /// What int8 gains here.
    static var gains: RememberedGains {
        RememberedGains(
            environment: ProcessInfo.processInfo.environment,
            version: "\(ProgramVersion.number) \(EmbeddedAssets.commit)")
    }

    var threads: Int { chosenThreads ?? ComputeCores.count }

    var instructionSet: InstructionSet { InstructionSet(named: isa) ?? .best }
}

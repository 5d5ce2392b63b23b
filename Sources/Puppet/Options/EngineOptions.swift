import ArgumentParser
import FOMMCore
import Foundation
import Models
import System

extension PrecisionChoice: ExpressibleByArgument {}

/// What computes the network.
struct ComputeOptions: ParsableArguments {
    @Option(
        name: .customLong("threads"),
        help: ArgumentHelp("Threads of the network. (default: one per core)", valueName: "threads"))
    var chosenThreads: Int?

    @Option(help: "Kernels: auto, \(InstructionSet.names.reversed().joined(separator: ", ")).")
    var isa = "auto"

    @Option(
        help: """
            float32, int8, or auto: int8 where this CPU has instructions for it and the model's scales passed, otherwise \
            float32. Default: auto, but float32 for animate.
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

    var threads: Int { chosenThreads ?? ProcessInfo.processInfo.activeProcessorCount }

    var instructionSet: InstructionSet { InstructionSet(named: isa) ?? .best }
}

/// Which network, and what computes it.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A .safetensors model, or the name of one in the user's data folder.", valueName: "model"))
    var model: String?

    @Option(
        help: """
            Rows and columns of the network's frame, a multiple of 64 for the default model. (default: what the model was \
            trained on, mostly 256)
            """)
    var size: Int?

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        guard let size else { return }
        guard (16...2048).contains(size) else { throw ValidationError("--size \(size): expected 16 to 2048.") }
    }

    func openModel() throws -> MappedFile {
        try ModelLocation(environment: ProcessInfo.processInfo.environment).openModel(model)
    }

    /// - Parameter precision: where the user asks for none.
    func loadModel(precision: PrecisionChoice) throws -> FOMMModel {
        let file = try openModel()
        return try explainingSize {
            try FOMMModel(
                file, frameSize: size, instructionSet: compute.instructionSet,
                precision: compute.precision ?? precision)
        }
    }

    /// Runs what loads a model. The network knows tensors; the user chose a size.
    func explainingSize<Value>(_ load: () throws -> Value) throws -> Value {
        do {
            return try load()
        } catch let error as WeightError where error.code == .wrongFrameSize {
            throw PuppetError(
                .wrongFrameSize, "--size \(size ?? FOMMModel.defaultFrameSize)",
                "the model cannot halve it as often as it has to (\(error.detail))",
                hint: "give a multiple of 64, or of 128 for a published model")
        }
    }
}

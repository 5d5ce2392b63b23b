import ArgumentParser
import FOMMCore
import Foundation
import Models
import System

extension PrecisionChoice: ExpressibleByArgument {}

/// Which network, and what computes it.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A .safetensors model, or the name of one in the user's data folder.", valueName: "model"),
        completion: .file())
    var model: String?

    @Option(
        help: """
            Rows and columns of the picture, a multiple of 64 for the default model: 384 and 512 are sharper and cost \
            more, 192 is softer. (default: what the model was trained on, mostly 256)
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
        let model = try explainingSize {
            try FOMMModel(
                file, frameSize: size, instructionSet: compute.instructionSet,
                precision: compute.precision ?? precision, int8Gain: ComputeOptions.gains.gain)
        }
        try checkSize(of: model)
        return model
    }

    /// A face whose parts are known is found in frames of about the size that the model was trained on, and larger ones.
    private func checkSize(of model: FOMMModel) throws {
        let trained = model.configuration.frameSize ?? FOMMModel.defaultFrameSize
        let least = trained * 3 / 4
        guard !model.configuration.keypointNames.isEmpty, model.frameSize < least else { return }
        throw PuppetError(
            .wrongFrameSize, "--size \(model.frameSize)",
            "the model was trained on frames of \(trained) pixels and finds no faces in ones that small",
            hint: "give \(least) or more")
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

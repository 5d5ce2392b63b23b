import FOMMCore

/// What the models that are measured are computed by.
package struct BenchCompute: Sendable {
    package let threads: Int
    package let instructionSet: InstructionSet
    package let precision: PrecisionChoice

    package init(threads: Int, instructionSet: InstructionSet, precision: PrecisionChoice) {
        self.threads = threads
        self.instructionSet = instructionSet
        self.precision = precision
    }

    /// - Parameter frameSize: `nil` takes the model's own.
    func model(
        _ file: MappedFile, frameSize: Int? = nil, ranges: ActivationRanges? = nil
    ) throws(WeightError) -> FOMMModel {
        try FOMMModel(
            file, frameSize: frameSize, instructionSet: instructionSet, precision: precision, ranges: ranges)
    }
}

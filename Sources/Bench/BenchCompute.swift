import FOMMCore

/// What the models that are measured are computed by.
package struct BenchCompute: Sendable {
    package let threads: Int
    package let instructionSet: InstructionSet
    package let precision: PrecisionChoice
    private let int8Gain: @Sendable (InstructionSet, Int) -> Double

    /// - Parameter int8Gain: asked where `precision` is `.auto`.
    package init(
        threads: Int, instructionSet: InstructionSet, precision: PrecisionChoice,
        int8Gain: @escaping @Sendable (InstructionSet, Int) -> Double = Int8Gain.measured
    ) {
        self.threads = threads
        self.instructionSet = instructionSet
        self.precision = precision
        self.int8Gain = int8Gain
    }

    /// - Parameter frameSize: `nil` takes the model's own.
    func model(
        _ file: MappedFile, frameSize: Int? = nil, ranges: ActivationRanges? = nil
    ) throws(WeightError) -> FOMMModel {
        try FOMMModel(
            file, frameSize: frameSize, instructionSet: instructionSet, precision: precision, ranges: ranges,
            int8Gain: int8Gain)
    }
}

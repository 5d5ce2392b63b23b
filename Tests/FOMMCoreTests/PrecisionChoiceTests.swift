import Testing

@testable import FOMMCore

@Suite("Which precision auto takes")
struct PrecisionChoiceTests {
    private func auto(_ instructionSet: InstructionSet, psnr: String?, levels: Int? = nil, gain: Double = 2)
        -> Precision
    {
        var metadata: [String: String] = [:]
        metadata[ActivationRanges.qualityKey] = psnr
        metadata[ActivationRanges.levelsKey] = levels.map { "\($0)" }
        return PrecisionChoice.auto.resolved(instructionSet, metadata) { gain }
    }

    @Test(arguments: Int8ConvolutionTests.instructionSets)
    func theFasterOneWhereItIsGoodEnough(_ instructionSet: InstructionSet) {
        #expect(auto(instructionSet, psnr: "38.0") == .int8)
        #expect(auto(instructionSet, psnr: "38.0", gain: 1.1) == .int8)
        #expect(auto(instructionSet, psnr: "38.0", gain: 1.09) == .float32, "not worth it")
        #expect(auto(instructionSet, psnr: "37.9") == .float32)
        #expect(auto(instructionSet, psnr: nil) == .float32 && auto(instructionSet, psnr: "good") == .float32)
    }

    /// Of what was measured with 127 levels 6.1 dB are lost with 63; nothing is won the other way.
    @Test(arguments: Int8ConvolutionTests.instructionSets)
    func coarserStepsCount(_ instructionSet: InstructionSet) {
        let isCoarse = instructionSet.int8Levels == 63
        #expect(auto(instructionSet, psnr: "44.0", levels: 127) == (isCoarse ? .float32 : .int8))
        #expect(auto(instructionSet, psnr: "44.2", levels: 127) == .int8)
        #expect(auto(instructionSet, psnr: "37.9", levels: 63) == .float32)
    }

    @Test func nothingIsMeasuredInVain() {
        let portable = InstructionSet.supported[0]
        for choice in [PrecisionChoice.float32, .int8] {
            let taken = choice.resolved(portable, [:]) { 0 / 0 }
            #expect("\(taken)" == choice.rawValue)
        }
        #expect(auto(portable, psnr: "99") == .float32, "it has no integers")
        #expect(
            PrecisionChoice.auto.resolved(portable, [ActivationRanges.qualityKey: "20"]) { fatalError() } == .float32)
    }

    /// A real measurement: of what it says only that it is a speed can be tested here.
    @Test(arguments: Int8ConvolutionTests.instructionSets)
    func theGainIsMeasured(_ instructionSet: InstructionSet) {
        #expect((0.05...50).contains(Int8Gain.measured(instructionSet, channels: 20)))
    }
}

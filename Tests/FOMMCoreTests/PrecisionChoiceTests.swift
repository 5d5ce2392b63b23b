import Testing

@testable import FOMMCore

@Suite("Which precision auto takes")
struct PrecisionChoiceTests {
    private func auto(_ instructionSet: InstructionSet, psnr: String?, levels: String? = nil, gain: Double = 2)
        -> Precision
    {
        var metadata: [String: String] = [:]
        metadata["puppet.int8_psnr"] = psnr
        metadata["puppet.int8_levels"] = levels
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
        #expect(auto(instructionSet, psnr: "44.0", levels: "127") == (isCoarse ? .float32 : .int8))
        #expect(auto(instructionSet, psnr: "44.2", levels: "127") == .int8)
        #expect(auto(instructionSet, psnr: "37.9", levels: "63") == .float32)
    }

    /// Where several kinds were measured, each goes by its own.
    @Test(arguments: Int8ConvolutionTests.instructionSets)
    func everyKindOfStepsHasItsFigure(_ instructionSet: InstructionSet) {
        let isCoarse = instructionSet.int8Levels == 63
        #expect(auto(instructionSet, psnr: "39.0 38.5", levels: "127 63") == .int8)
        #expect(auto(instructionSet, psnr: "50.0 37.5", levels: "127 63") == (isCoarse ? .float32 : .int8))
        #expect(auto(instructionSet, psnr: "37.5 39.0", levels: "127 63") == (isCoarse ? .int8 : .float32))
        let quality = Int8Quality(lowestPsnr: [127: 44.1, 63: 42])
        #expect(quality.metadata == ["puppet.int8_psnr": "44.1 42.0", "puppet.int8_levels": "127 63"])
        #expect(Int8Quality(metadata: quality.metadata) == quality)
    }

    @Test(arguments: ["", "x", "1e99", "127 127", "63 63 63", "nan", "-1 -1"])
    func damagedFiguresAreNoCrash(_ levels: String) {
        _ = Int8Quality(metadata: ["puppet.int8_psnr": "44 x 43 nan 1e999", "puppet.int8_levels": levels]).metadata
        for instructionSet in InstructionSet.supported { _ = auto(instructionSet, psnr: "44 43", levels: levels) }
    }

    @Test func nothingIsMeasuredInVain() {
        let portable = InstructionSet.supported[0]
        for choice in [PrecisionChoice.float32, .int8] {
            let taken = choice.resolved(portable, [:]) { 0 / 0 }
            #expect("\(taken)" == choice.rawValue)
        }
        #expect(auto(portable, psnr: "99") == .float32, "it has no integers")
        #expect(
            PrecisionChoice.auto.resolved(portable, ["puppet.int8_psnr": "20"]) { fatalError() } == .float32)
    }

    /// A real measurement: of what it says only that it is a speed can be tested here.
    @Test(arguments: Int8ConvolutionTests.instructionSets)
    func theGainIsMeasured(_ instructionSet: InstructionSet) {
        #expect((0.05...50).contains(Int8Gain.measured(instructionSet, channels: 20)))
    }
}

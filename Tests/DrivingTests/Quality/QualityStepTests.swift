import Testing

@testable import Driving

@Suite("The ladder of quality")
struct QualityStepTests {
    @Test func goesDownEvenly() {
        let ladder = QualityStep.ladder
        #expect(ladder[0] == .exact && ladder[0].effort == .everything)
        #expect(!ladder[0].skipsDetector && ladder[0].tolerance == 0)
        for (index, step) in ladder.enumerated() {
            #expect(step.index == index)
            #expect(QualityStep.nearest(to: step.quality) == step, "\(step.name)")
        }
        for (one, next) in zip(ladder, ladder.dropFirst()) {
            #expect(one.cost > next.cost && one.quality > next.quality)
        }
        #expect(Set(ladder.map(\.name)).count == ladder.count)
        #expect(QualityStep.nearest(to: 1) == ladder.first && QualityStep.nearest(to: 0) == ladder.last)
    }

    @Test(arguments: [("auto", QualityChoice.auto), ("1", .fixed(1)), ("0", .fixed(0)), ("0.4", .fixed(0.4))])
    func choices(_ word: String, _ choice: QualityChoice) { #expect(QualityChoice(word: word) == choice) }

    @Test(arguments: ["", "best", "-0.1", "1.1", "nan", "0,5"])
    func otherWordsAreNoChoice(_ word: String) { #expect(QualityChoice(word: word) == nil) }
}

import Testing

@testable import Live

@Suite("Answers to puppet ctl")
struct CommandAnswerTests {
    @Test(arguments: [CommandAnswer.done(), .done("24 frames in"), .refused("avatar 30: there are 9")])
    func goThereAndBack(_ answer: CommandAnswer) {
        #expect(CommandAnswer(line: answer.line) == answer)
    }

    @Test(arguments: ["", "okay", "error", "no"])
    func anythingElseIsNone(_ line: String) {
        #expect(CommandAnswer(line: line) == nil)
    }
}

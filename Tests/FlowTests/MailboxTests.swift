import Flow
import Synchronization
import Testing

@Suite("A mailbox between many threads", .timeLimit(.minutes(5)))
struct MailboxTests {
    /// Posted = taken + replaced + what is left, and nothing twice.
    @Test(arguments: [(1, 1), (1, 3), (4, 1), (4, 3)])
    func everyValueEndsOnce(_ posters: Int, _ takers: Int) throws {
        let count = 5000
        let mailbox = Mailbox<Int>()
        let (taken, replaced) = ((0..<takers).map { _ in Seen() }, Seen())
        let posting = Atomic(posters)
        try onThreads(posters + takers) { thread in
            guard thread >= takers else {
                while posting.load(ordering: .acquiring) > 0 {
                    if let value = mailbox.take() { taken[thread].append(value) }
                }
                return
            }
            for value in 0..<count {
                if let old = mailbox.exchange((thread - takers) * count + value) { replaced.append(old) }
            }
            posting.subtract(1, ordering: .acquiringAndReleasing)
        }
        let left = mailbox.take().map { [$0] } ?? []
        #expect((taken.flatMap(\.all) + replaced.all + left).sorted() == Array(0..<posters * count))
        #expect(mailbox.dropped == replaced.all.count && mailbox.isEmpty)
        for values in taken.map(\.all) { #expect(areInOrder(values, posters: posters, each: count)) }
    }
}

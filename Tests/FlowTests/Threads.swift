import Dispatch
import Foundation
import Synchronization
import TestSupport

/// Calls `body` with 0 ..< `count`, each on a thread of its own, and waits for all: more threads than cores, unlike
/// `concurrentPerform`.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
    let group = DispatchGroup()
    for index in 0..<count {
        group.enter()
        Thread {
            body(index)
            group.leave()
        }.start()
    }
    try group.waitForEnd()
}

/// What several threads have seen, each in its order.
final class Seen: Sendable {
    private let values = Mutex<[Int]>([])

    var all: [Int] { values.withLock { $0 } }

    @Sendable func append(_ value: Int) { values.withLock { $0.append(value) } }
}

/// Whether the values of each of several posters, `poster * count + 0...`, come in the order they were posted in.
func areInOrder(_ values: [Int], posters: Int, each count: Int) -> Bool {
    (0..<posters).allSatisfy { poster in
        let own = values.filter { $0 / count == poster }
        return own == own.sorted()
    }
}

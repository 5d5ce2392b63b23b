import Dispatch

@testable import Display
@testable import Flow

/// An output on a queue of its own that hands pictures to a test.
final class PlayedOutput: Output {
    let name: String
    let ledger = OutputLedger(taking: .written)
    private let stage: Stage<Picture>

    /// - Parameter take: called for every picture on the output's queue; may take its time.
    init(_ name: String, _ take: @escaping @Sendable (Picture) -> Void) {
        self.name = name
        let ledger = ledger
        stage = Stage(
            on: DispatchQueue(label: name), upstream: { ledger.madeRoom() },
            onReplaced: { ledger.dropped($0, .newer) }
        ) { picture in
            take(picture)
            ledger.took(picture)
        }
    }

    var hasRoom: Bool { stage.hasRoom }
    func submit(_ picture: Picture) { stage.submit(picture) }
    func finish(at end: RunEnd, _ next: @escaping @Sendable () -> Void) { stage.finish(next) }
}

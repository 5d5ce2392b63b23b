import Flow
import Synchronization

/// What the queues of a loopback camera's users share with its own; each part has its own lock.
final class VirtualCameraShared: Sendable {
    let inbox = Mailbox<VirtualCameraContent>()
    private let ledger: OutputLedger
    private let counted = Mutex(VirtualCamera.Counts())
    private let mirrored: Atomic<Bool>
    private let away = Atomic(false)
    /// Pictures that were given and are neither written nor passed over.
    private let waiting = Atomic(0)

    init(_ ledger: OutputLedger, isMirrored: Bool) {
        self.ledger = ledger
        mirrored = Atomic(isMirrored)
    }

    var isMirrored: Bool {
        get { mirrored.load(ordering: .relaxed) }
        set { mirrored.store(newValue, ordering: .relaxed) }
    }

    /// Whether the device is lost.
    var isAway: Bool {
        get { away.load(ordering: .relaxed) }
        set {
            away.store(newValue, ordering: .relaxed)
            ledger.madeRoom()
        }
    }

    var hasRoom: Bool { isAway || waiting.load(ordering: .acquiring) == 0 }

    var counts: VirtualCamera.Counts { counted.withLock { $0 } }

    func count(_ change: (inout VirtualCamera.Counts) -> Void) { counted.withLock { change(&$0) } }

    /// - Returns: whether nothing waited: the loop has to be woken.
    func give(_ content: VirtualCameraContent) -> Bool {
        if case .picture = content { waiting.wrappingAdd(1, ordering: .acquiringAndReleasing) }
        guard let replaced = inbox.exchange(content) else { return true }
        if case .picture(let picture) = replaced { passedOver(picture) }
        return false
    }

    /// The device has its bytes.
    func wrote(_ picture: Picture) {
        waiting.wrappingSubtract(1, ordering: .acquiringAndReleasing)
        ledger.took(picture)
    }

    /// Something newer was given before the device could take it, or the device is away.
    func passedOver(_ picture: Picture) {
        waiting.wrappingSubtract(1, ordering: .acquiringAndReleasing)
        ledger.dropped(picture, isAway ? .lost : .newer)
    }
}

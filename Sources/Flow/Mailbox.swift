import Synchronization

/// A one-slot handover between two queues. Posting over an unread value replaces it and counts a drop.
///
/// Any queue may post and any queue may take; the slot is guarded by its own lock, held for a few instructions.
package final class Mailbox<Value: Sendable>: Sendable {
    private struct Slot {
        var pending: Value?
        var dropped = 0
    }

    private let slot = Mutex(Slot())

    package init() {}

    /// - Returns: `true` if the slot was empty: wake the consumer. `false`: the wake-up already sent finds this value.
    package func post(_ value: Value) -> Bool { exchange(value) == nil }

    /// - Returns: the value that nobody took and that this one replaces; `nil` if the slot was empty: wake the consumer.
    package func exchange(_ value: Value) -> Value? {
        slot.withLock { slot in
            let replaced = slot.pending
            if replaced != nil { slot.dropped += 1 }
            slot.pending = value
            return replaced
        }
    }

    package func take() -> Value? { slot.withLock { $0.pending.take() } }

    package var isEmpty: Bool { slot.withLock { $0.pending == nil } }

    /// How many values were replaced before anyone read them.
    package var dropped: Int { slot.withLock { $0.dropped } }
}

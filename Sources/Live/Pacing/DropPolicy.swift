/// What is done with frames that come faster than they can be computed: `--drop`.
package enum DropPolicy: String, CaseIterable, Sendable {
    /// A newer frame replaces the one that waits: what is shown is now.
    case stale
    /// Every frame is computed and reaches every output, however late; the source waits. A camera drops by itself then.
    case never
}

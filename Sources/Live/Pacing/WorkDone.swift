/// What a run has computed so far.
struct WorkDone: Sendable {
    /// Pictures, made or shown again.
    var shown = 0
    /// Pictures that were made.
    var made = 0
    /// That the stages spent on those.
    var nanoseconds: UInt64 = 0
}

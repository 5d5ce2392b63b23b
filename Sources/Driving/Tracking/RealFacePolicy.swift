/// Whether the driver's real face may be sent instead of the avatar.
package enum RealFacePolicy: Sendable {
    /// When somebody asks for it.
    case onRequest
    /// From the beginning, until somebody asks for the avatar.
    case atFirst
    /// Not in this run, whoever asks.
    case never
}

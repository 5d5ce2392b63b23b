/// The parts of a frame's work that are timed.
package enum StageName: String, CaseIterable, Sendable, CodingKeyRepresentable {
    case detect
    case denseMotion = "dense_motion"
    case generate
}

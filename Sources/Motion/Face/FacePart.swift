/// What of a face moves on its own.
public enum FacePart: String, CaseIterable, Sendable {
    /// Where the head is and where it turns, and all that goes with it.
    case head
    /// Lids and irises.
    case eyes
    case brows
    /// Lips, corners of the mouth and the chin that goes with them.
    case mouth
}

/// What the avatar does while nobody can be seen.
public enum LostFacePolicy: String, CaseIterable, Sendable {
    /// It stays as it was last.
    case hold
    /// It goes back to how its picture shows it.
    case neutral
    /// It gives way to a card.
    case card
    /// It follows whatever the detector says: for models of other things than faces, and for those who know better.
    case follow
}

import Glibc

/// What whoever is being calibrated can do better. Left and right are theirs.
package enum CalibrationAdvice: String, Sendable, CaseIterable {
    case turnLeft = "turn a little left"
    case turnRight = "turn a little right"
    case tiltLeft = "tilt your head a little left"
    case tiltRight = "tilt your head a little right"
    case openEyes = "open your eyes"
    case closeMouth = "close your mouth"
    case lookAhead = "look straight ahead"
    case holdStill = "hold still"
    case showFace = "show your whole face, in more light"
}

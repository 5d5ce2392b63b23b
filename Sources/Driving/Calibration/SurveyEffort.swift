import Frames

/// How much is looked at of a driving video before it is used. By looks, not by the clock: the same frame is found everywhere.
package struct SurveyEffort: Sendable {
    /// Squares of whole pictures in which a face may be, about; a picture has hundreds of them.
    let looks: Int
    /// Faces are looked for down to that share of the picture's shorter side.
    let leastShare: Double
    /// Frames whose face is looked at.
    let frames: Int

    /// For who waits for a file: up to half a minute, where there is no face.
    package static let thorough = SurveyEffort(looks: 1500, leastShare: 0.24, frames: 1500)
    /// For who waits for a window: up to two seconds. A live run looks for faces as it goes on.
    package static let brief = SurveyEffort(looks: 60, leastShare: 0.35, frames: 100)
}

import FOMMCore

/// How much work goes into a frame: one step of the ladder that `--quality` names and `--quality auto` climbs.
///
/// docs/quality.md has what each step saves and what it costs, measured.
package struct QualityStep: Sendable, Equatable {
    package let name: String
    /// One line for people.
    package let meaning: String
    /// Time of a frame that is computed anew, of that at best quality; to foretell what another step would take.
    package let cost: Double
    /// Whether keypoints are taken over while driving frames show the same.
    var skipsDetector = true
    /// Keypoints that have moved less than that since the last picture was made, in pixels, show it again. 0: that have
    /// not moved at all.
    var tolerance: Float = 0.1
    var effort = GeneratorEffort.everything
    /// 0...1, what `--quality` calls it.
    package private(set) var quality = 1.0
    /// Of the ladder.
    package private(set) var index = 0

    /// From the best to the cheapest; evenly spread over 1...0.
    package static let ladder: [QualityStep] = {
        let steps = [
            QualityStep(name: "exact", meaning: "everything is computed", cost: 1, skipsDetector: false, tolerance: 0),
            QualityStep(name: "still", meaning: "what does not move is shown again", cost: 0.97),
            QualityStep(
                name: "fine", meaning: "what hardly changes stays as it is", cost: 0.8,
                effort: GeneratorEffort(changes: ChangeRule(threshold: 0.02, reach: 1))),
            QualityStep(
                name: "medium", meaning: "so does what changes little", cost: 0.5,
                effort: GeneratorEffort(changes: ChangeRule(threshold: 0.05, reach: 0))),
            QualityStep(
                name: "coarse", meaning: "so does what changes a tenth", cost: 0.42,
                effort: GeneratorEffort(changes: ChangeRule(threshold: 0.1, reach: 0))),
            QualityStep(
                name: "softer", meaning: "the same with three quarters of the pixels a row, enlarged", cost: 0.35,
                effort: GeneratorEffort(scale: .threeQuarters, changes: ChangeRule(threshold: 0.1, reach: 0))),
            QualityStep(
                name: "soft", meaning: "the same with half the pixels a row, enlarged", cost: 0.27,
                effort: GeneratorEffort(scale: .half, changes: ChangeRule(threshold: 0.1, reach: 0))),
        ]
        return steps.indices.map { index in
            var step = steps[index]
            step.quality = 1 - Double(index) / Double(steps.count - 1)
            step.index = index
            return step
        }
    }()

    /// Everything is computed, and only what would come out bit for bit the same is shown again.
    package static let exact = ladder[0]

    /// - Parameter quality: 0...1.
    /// - Returns: the step nearest to it.
    package static func nearest(to quality: Double) -> QualityStep { ladder[index(nearestTo: quality)] }

    package static func index(nearestTo quality: Double) -> Int {
        min(max(Int(((1 - quality) * Double(ladder.count - 1)).rounded()), 0), ladder.count - 1)
    }
}

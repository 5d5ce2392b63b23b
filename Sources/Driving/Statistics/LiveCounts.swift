import Display

/// What became of a run's frames so far. Frames in are frames out, those dropped, and the few under way.
package struct LiveCounts: Sendable, Equatable {
    /// Read from the source.
    package var read = 0
    /// Turned into pictures.
    package var rendered = 0
    /// Of those, the ones for which the picture before was shown again.
    package var shownAgain = 0
    /// Of those, by step of ``QualityStep/ladder``.
    package var atStep = [Int](repeating: 0, count: QualityStep.ladder.count)
    /// Never turned into a picture.
    package var dropped: [DropCause: Int] = [:]
    /// What became of the pictures at each output, by its name.
    package var outputs: [String: OutputCounts] = [:]

    package init(read: Int = 0, rendered: Int = 0) {
        self.read = read
        self.rendered = rendered
    }
}

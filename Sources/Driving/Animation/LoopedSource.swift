import Frames

/// A clip that begins again when it has ended, its frames counted on.
final class LoopedSource: FrameSource {
    private var source: any FrameSource
    private let open: () throws -> any FrameSource
    /// Frames of all rounds before this one, and of this one.
    private var (before, inRound) = (0, 0)

    /// - Parameter open: gives the clip, at its beginning; called at once, and for each round.
    /// - Throws: what `open` throws.
    init(_ open: @escaping () throws -> any FrameSource) throws {
        self.open = open
        source = try open()
    }

    var name: String { source.name }
    var size: FrameSize { source.size }
    var frameRate: FrameRate { source.frameRate }

    /// - Throws: what the clip throws; also when it cannot be opened again.
    func next() throws -> Frame? {
        if let frame = try source.next() { return counted(frame) }
        // An empty clip would begin again for ever.
        guard inRound > 0 else { return nil }
        (before, inRound) = (before + inRound, 0)
        let size = size
        source = try open()
        guard source.size == size else { return nil }
        return try source.next().map(counted)
    }

    private func counted(_ frame: Frame) -> Frame {
        defer { inRound += 1 }
        return frame.stamped(sequence: before + frame.sequence, captured: frame.captured)
    }
}

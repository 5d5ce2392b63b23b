import Display
import Frames
import Glibc
import Synchronization
import System

/// What an animation writes: pictures, and where they are asked for an overview and the times of every frame.
///
/// One thread adds pictures; any queue may ``keep(patience:)`` what there is, also while that thread waits for the driver or
/// computes. `@unchecked Sendable` holds because every access holds the lock.
package final class AnimationOutputs: @unchecked Sendable {
    /// Of the pictures.
    package let form: VideoForm
    private let lock = Mutex(())
    private let sinks: [any FrameSink]
    private var sheet: ContactSheet?
    private let stats: StatsFile?
    private var frames = 0
    /// Whether somebody finishes, keeps or cancels them: nothing is written any more.
    private let isEnding = Atomic(false)

    /// What became of the wish to keep what there is.
    package enum Keeping: Sendable {
        /// Everything has its name, and the video is so long.
        case kept(RecordingLength)
        /// It was being finished already, which goes on.
        case ending
        /// There is nothing to keep, or a sink takes no more.
        case nothing
    }

    /// - Parameters:
    ///   - contactSheet: where to write a PNG that shows a few driving frames above what became of them.
    ///   - stats: receives the stage times of every frame.
    ///   - makeSinks: opens where the pictures go.
    /// - Throws: ``FrameError`` where it will not be possible to write the sheet; what `makeSinks` throws.
    package init(
        _ form: VideoForm, contactSheet: String? = nil, stats: StatsFile? = nil,
        makeSinks: () throws -> [any FrameSink]
    ) throws {
        self.form = form
        self.stats = stats
        sheet = try contactSheet.map { try ContactSheet(path: $0) }
        sinks = try makeSinks()
    }

    /// Writes a picture everywhere.
    ///
    /// - Returns: how many there are now; `nil` where somebody has asked to keep those before it: there is no more to do.
    /// - Throws: what a sink throws.
    func add(_ rendered: RenderedFrame, driving frame: Frame) throws -> Int? {
        try lock.withLock { _ in
            guard !isEnding.load(ordering: .acquiring) else { return nil }
            var outputs: [String: OutputEntry] = [:]
            for sink in sinks {
                try sink.write(rendered.frame)
                if stats != nil {
                    outputs[sink.name] = OutputEntry(
                        sequence: frame.sequence, fate: .written,
                        milliseconds: MonotonicTime.now.milliseconds(since: frame.captured))
                }
            }
            sheet?.add(driving: frame, avatar: rendered.frame)
            frames += 1
            try stats?.write(
                frame.sequence, rendered.times, rendered.work, outputs: outputs,
                LiveCounts(read: frames, rendered: frames))
            return frames
        }
    }

    /// Makes everything final.
    ///
    /// - Returns: how long the video is; `nil` where somebody else has asked to keep it.
    func finish() throws -> RecordingLength? {
        guard end() else { return nil }
        return try lock.withLock { _ in try complete() }
    }

    /// Removes what was written, but for complete pictures of a folder.
    func cancel() {
        guard end() else { return }
        lock.withLock { _ in discard() }
    }

    /// Makes final what there is so far. From any queue.
    ///
    /// - Parameter patience: milliseconds to wait for a sink that is being written to.
    /// - Throws: what a sink throws.
    package func keep(patience: Int) throws -> Keeping {
        for _ in 0..<max(1, patience / 10) {
            if isEnding.load(ordering: .acquiring) { return .ending }
            let outcome = try lock.withLockIfAvailable { _ -> Keeping in
                guard frames > 0 else { return .nothing }
                return end() ? .kept(try complete()) : .ending
            }
            if let outcome { return outcome }
            usleep(10_000)
        }
        return .nothing
    }

    /// - Returns: whether nobody was quicker.
    private func end() -> Bool { !isEnding.exchange(true, ordering: .acquiringAndReleasing) }

    private func complete() throws -> RecordingLength {
        do {
            try sheet?.write()
            for sink in sinks { try sink.finish() }
            try stats?.finish()
        } catch {
            discard()
            throw error
        }
        return RecordingLength(frames: frames, rate: form.rate)
    }

    private func discard() {
        for sink in sinks { sink.cancel() }
        stats?.cancel()
    }
}

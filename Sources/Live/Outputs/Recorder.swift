import Dispatch
import Display
import Frames
import Glibc
import Synchronization
import System

/// Records a run while its user wants that, beside the outputs that it has anyway. Any queue.
///
/// The video begins with the first picture that comes, and has its size.
final class Recorder: Sendable {
    /// What came of a recording: how long it is, and where.
    typealias Report = @Sendable (Result<(path: String, length: RecordingLength), any Error>) -> Void

    private enum State {
        case idle
        /// Somebody wants it, and no picture has come yet.
        case wanted(Wish)
        /// The file is being opened.
        case opening(Wish)
        case recording(SinkOutput, Wish, since: MonotonicTime)
    }

    private struct Wish: Sendable {
        let path: String
        let report: Report
    }

    private let rate: FrameRate
    private let searchPath: String
    private let queue = DispatchQueue(label: "puppet.recorder", qos: .utility)
    private let state = Mutex(State.idle)
    /// Recordings that are being finished.
    private let finishing = DispatchGroup()
    private let finishingCount = Atomic(0)

    /// - Parameters:
    ///   - rate: of the video.
    ///   - searchPath: where to look for ffmpeg, the value of `PATH`.
    init(_ rate: FrameRate, searchPath: String) {
        self.rate = rate
        self.searchPath = searchPath
    }

    /// How the name of a video file ends.
    var ending: String { videoEnding(searchPath: searchPath) }

    /// Whether something is recorded, or about to be.
    var isOn: Bool { state.withLock { if case .idle = $0 { false } else { true } } }

    /// Whether something is recorded, or still being finished.
    var isBusy: Bool { isOn || finishingCount.load(ordering: .acquiring) > 0 }

    /// Whether pictures are being written.
    var isWriting: Bool { state.withLock { if case .recording = $0 { true } else { false } } }

    /// Seconds since the recording's first picture; `nil` where nothing is recorded.
    var seconds: Int? {
        state.withLock { state in
            switch state {
            case .idle: nil
            case .wanted, .opening: 0
            case .recording(_, _, let since): Int(MonotonicTime.now.milliseconds(since: since) / 1000)
            }
        }
    }

    /// Begins with the next picture; goes on where it has begun.
    ///
    /// - Parameters:
    ///   - path: of a video file that is not there.
    ///   - report: called once, on some queue, when the file is complete or where it failed.
    func start(_ path: String, _ report: @escaping Report) {
        state.withLock { if case .idle = $0 { $0 = .wanted(Wish(path: path, report: report)) } }
    }

    /// Ends the recording.
    ///
    /// - Parameter next: called on some queue when the file is complete, and those are that were ended before it.
    func stop(_ next: @escaping @Sendable () -> Void = {}) {
        // After whatever is being opened.
        queue.async { [self] in
            let before = state.withLock { state in
                defer { state = .idle }
                return state
            }
            switch before {
            case .idle: break
            case .wanted(let wish), .opening(let wish): wish.report(.failure(Self.noPicture(wish.path)))
            case .recording(let output, let wish, _): finish(output, wish)
            }
            finishing.notify(queue: queue, execute: next)
        }
    }

    private func finish(_ output: SinkOutput, _ wish: Wish) {
        finishing.enter()
        finishingCount.wrappingAdd(1, ordering: .acquiringAndReleasing)
        output.finish(at: RunEnd(time: .now, framesRead: 0)) { [self] in
            if let length = output.recorded {
                if length.frames > 0 {
                    wish.report(.success((wish.path, length)))
                } else {
                    wish.path.withFileName { _ = unlink($0) }
                    wish.report(.failure(Self.noPicture(wish.path)))
                }
            }
            finishingCount.wrappingSubtract(1, ordering: .acquiringAndReleasing)
            finishing.leave()
        }
    }

    private static func noPicture(_ path: String) -> DisplayError {
        DisplayError(.cannotWrite, path, "no picture came while it was recorded")
    }

    /// Every picture comes by here, on the queue that makes them.
    func see(_ picture: Picture) {
        let output = state.withLock { state -> SinkOutput? in
            switch state {
            case .recording(let output, _, _): return output
            case .wanted(let wish):
                state = .opening(wish)
                queue.async { [self] in open(wish, size: picture.frame.size) }
                return nil
            case .idle, .opening: return nil
            }
        }
        output?.submit(picture)
    }

    private func open(_ wish: Wish, size: FrameSize) {
        do {
            let sink = try openFileSink(path: wish.path, VideoForm(size, rate), searchPath: searchPath)
            nonisolated(unsafe) let only = sink  // just made: this reference is the only one, and ends here
            let output = SinkOutput(
                wish.path, to: only, size: size, RecordingTimeline(rate, .captured),
                onFailure: { [self] error in
                    state.withLock { $0 = .idle }
                    wish.report(.failure(error))
                })
            state.withLock { $0 = .recording(output, wish, since: .now) }
        } catch {
            state.withLock { $0 = .idle }
            wish.report(.failure(error))
        }
    }
}

import Dispatch
import Display
import Frames
import Synchronization
import System

/// Keeps a picture of the run when somebody asks for one. Any queue.
final class Snapshots: Sendable {
    private struct Wish: Sendable {
        let path: String
        let report: @Sendable (FrameError?) -> Void
    }

    private let queue = DispatchQueue(label: "puppet.snapshots", qos: .utility)
    private let wishes = Mutex<[Wish]>([])
    private let writing = Atomic(0)

    /// Whether a picture is wanted, or being written.
    var isBusy: Bool { wishes.withLock { !$0.isEmpty } || writing.load(ordering: .acquiring) > 0 }

    /// Writes the next picture as a PNG file.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - report: called on a queue of this object's with what went wrong, or `nil` when the file is there.
    func take(_ path: String, _ report: @escaping @Sendable (FrameError?) -> Void) {
        wishes.withLock { $0.append(Wish(path: path, report: report)) }
    }

    /// Every picture comes by here, on the queue that makes them.
    func see(_ picture: Picture) {
        let wishes = takeAll()
        guard !wishes.isEmpty else { return }
        // A copy: the pool wants its memory back.
        let pixels = PixelBuffer(size: picture.frame.size) { output in
            picture.frame.pixels.withBytes { output.copyMemory(from: $0) }
        }
        writing.wrappingAdd(1, ordering: .acquiringAndReleasing)
        queue.async { [self] in
            defer { writing.wrappingSubtract(1, ordering: .acquiringAndReleasing) }
            let file = PNGFile.encode(pixels)
            for wish in wishes {
                do throws(FrameError) {
                    try PNGFile.write(file, to: wish.path)
                    wish.report(nil)
                } catch {
                    wish.report(error)
                }
            }
        }
    }

    /// The run ends.
    ///
    /// - Parameter next: called on a queue of this object's when all that were seen are written.
    func finish(_ next: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            for wish in takeAll() {
                wish.report(FrameError(.cannotWrite, wish.path, "the run ended before a picture came"))
            }
            next()
        }
    }

    private func takeAll() -> [Wish] {
        wishes.withLock { wishes in
            defer { wishes = [] }
            return wishes
        }
    }
}

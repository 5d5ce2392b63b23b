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
    private let wish: Mutex<Wish?> = Mutex(nil)

    /// Writes the next picture as a PNG file.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - report: called on a queue of this object's with what went wrong, or `nil` when the file is there.
    func take(_ path: String, _ report: @escaping @Sendable (FrameError?) -> Void) {
        wish.withLock { $0 = Wish(path: path, report: report) }
    }

    /// Every picture comes by here, on the queue that makes them.
    func see(_ picture: Picture) {
        guard let wish = wish.withLock({ $0.take() }) else { return }
        // A copy: the pool wants its memory back.
        let pixels = PixelBuffer(size: picture.frame.size) { output in
            picture.frame.pixels.withBytes { output.copyMemory(from: $0) }
        }
        queue.async {
            do throws(FrameError) {
                try PNGFile.write(PNGFile.encode(pixels), to: wish.path)
                wish.report(nil)
            } catch {
                wish.report(error)
            }
        }
    }
}

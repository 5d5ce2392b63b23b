import Dispatch
import Frames
import System

/// One picture of a camera that nobody uses, for choosing among several.
public enum CameraPreview {
    private static let size = FrameSize(width: 320, height: 240)
    /// Cameras that wake up send dark pictures first.
    private static let passedOver = 5

    /// Opens the camera for a moment: its lamp goes on.
    ///
    /// - Parameter milliseconds: to wait for it.
    /// - Returns: `nil` where it cannot be opened, or sends nothing.
    public static func picture(of path: String, milliseconds: Int = 2000) -> Frame? {
        let interrupter = Interrupter()
        let end = DispatchWorkItem { interrupter.interrupt() }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: end)
        defer { end.cancel() }
        guard let camera = try? Camera(path: path, size: size, rate: FrameRate(30), interrupter: interrupter) else {
            return nil
        }
        var last: Frame?
        for _ in 0...passedOver {
            guard let frame = try? camera.next() else { break }
            last = frame
        }
        return last
    }
}

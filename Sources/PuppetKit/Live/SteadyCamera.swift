import Capture
import Frames
import Glibc

/// A camera that comes back: when it is unplugged, stalls or is taken, it is looked for by its id until it can be opened
/// again. One queue owns a value; what is shown meanwhile is the business of the outputs.
final class SteadyCamera: FrameSource {
    private let wanted: CameraWishes
    private let report: @Sendable (String) -> Void
    private var camera: Camera?
    /// Stays when the device's number changes.
    private let id: String
    private var framesRead = 0

    let name: String
    private(set) var size: FrameSize
    let frameRate: FrameRate
    let isLive = true
    let frameCount: Int? = nil

    /// - Parameter report: told, on the queue that reads, when the camera goes and when it is back.
    /// - Throws: ``CaptureError`` where it cannot be opened at first.
    init(_ path: String, _ wanted: CameraWishes, report: @escaping @Sendable (String) -> Void) throws(CaptureError) {
        let camera = try wanted.open(path)
        self.wanted = wanted
        self.report = report
        self.camera = camera
        name = path
        size = camera.size
        frameRate = camera.frameRate
        id = CameraList().all().first { $0.path == path }?.id ?? path
    }

    /// Waits for the next picture, and for the camera where it has gone.
    func next() throws -> Frame? {
        while true {
            do {
                if let camera, let frame = try camera.next() {
                    defer { framesRead += 1 }
                    return frame.stamped(sequence: framesRead, captured: frame.captured)
                }
            } catch {
                report("\(error); waiting for it to come back")
            }
            // The device is given back before it is looked for: an open descriptor would keep its number in use.
            camera = nil
            camera = reopened()
            if let camera {
                size = camera.size
                report("\(name): the camera is back")
            } else {
                usleep(Self.pause)
            }
        }
    }

    private func reopened() -> Camera? {
        guard let found = CameraList().all().first(where: { $0.id == id }) else { return nil }
        return try? wanted.open(found.path)
    }

    /// Microseconds between two looks.
    private static let pause: UInt32 = 500_000
}

/// What is asked of a camera.
package struct CameraWishes: Sendable, Equatable {
    /// The nearest that the camera has is taken; `nil` is 640x480.
    package var size: FrameSize?
    /// `nil` is 30 frames a second.
    package var rate: FrameRate?
    /// The only one that will do; `nil` for any.
    package var format: CameraFormat?
    package var controls: [CameraControl] = []
    /// How many of the driver's to ask for, 2...32.
    package var buffers = Camera.usualBuffers

    package init() {}

    func open(_ path: String) throws(CaptureError) -> Camera {
        try Camera(
            path: path, size: size ?? FrameSize(width: 640, height: 480), rate: rate ?? FrameRate(30), format: format,
            controls: controls, buffers: buffers)
    }
}

import Capture
import Frames
import Glibc

/// A camera that comes back: when it is unplugged, stalls or is taken, it is looked for by its id until it can be opened
/// again. One queue owns a value; what is shown meanwhile is the business of the outputs.
final class SteadyCamera: FrameSource {
    private let request: CameraWishes
    private let devices: Devices
    private let report: @Sendable (News) -> Void
    private var camera: (any FrameSource)?
    /// Stays when the device's number changes.
    private let id: String
    private var framesRead = 0

    let name: String
    private(set) var size: FrameSize
    let frameRate: FrameRate
    let isLive = true
    let frameCount: Int? = nil
    /// Forgotten where the camera comes back with another size, of which a square was never asked for.
    var wanted: WantedSquare? {
        didSet { camera?.wanted = wanted }
    }

    /// - Parameters:
    ///   - devices: how cameras are found and opened; a test plays them.
    ///   - report: told, on the queue that reads, when the camera goes and when it is back.
    /// - Throws: ``CaptureError`` where it cannot be opened at first.
    init(
        _ path: String, _ request: CameraWishes = CameraWishes(), _ devices: Devices = .live,
        report: @escaping @Sendable (News) -> Void
    ) throws(CaptureError) {
        let camera = try devices.open(request, path)
        self.request = request
        self.devices = devices
        self.report = report
        self.camera = camera
        name = path
        size = camera.size
        frameRate = camera.frameRate
        id = devices.id(path) ?? path
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
                report(News(isThere: false, text: "\(error); waiting for it to come back"))
            }
            // The device is given back before it is looked for: an open descriptor would keep its number in use.
            camera = nil
            guard let found = reopened() else {
                devices.pause()
                continue
            }
            if found.size != size { wanted = nil }
            found.wanted = wanted
            size = found.size
            camera = found
            report(News(isThere: true, text: "\(name): the camera is back"))
        }
    }

    private func reopened() -> (any FrameSource)? {
        guard let path = devices.path(id) else { return nil }
        return try? devices.open(request, path)
    }

    private static let usualSize = FrameSize(width: 640, height: 480)

    /// What became of the camera.
    struct News: Sendable {
        let isThere: Bool
        /// For the user, a line.
        let text: String
    }

    /// The cameras of a computer, as far as one is looked for here.
    struct Devices {
        var open: (CameraWishes, _ path: String) throws(CaptureError) -> any FrameSource
        /// What finds the camera at a path again; `nil` where there is none.
        var id: (_ path: String) -> String?
        /// Where the camera with an id is now.
        var path: (_ id: String) -> String?
        /// Between two looks.
        var pause: () -> Void

        static var live: Devices {
            Devices(
                open: { (request, path) throws(CaptureError) in
                    try Camera(
                        path: path, size: request.size ?? SteadyCamera.usualSize, rate: request.rate ?? FrameRate(30),
                        format: request.format,
                        controls: request.controls, buffers: request.buffers)
                },
                id: { CameraList().id(of: $0) }, path: { CameraList().path(of: $0) }, pause: { usleep(500_000) })
        }
    }
}

/// What is asked of a camera.
package struct CameraWishes: Sendable, Equatable {
    /// The nearest that the camera has is taken; `nil` is 640x480.
    package var size: FrameSize?
    /// `nil` is 30 frames a second.
    package var rate: FrameRate?
    /// The only one that will do; `nil` for any.
    package var format: CameraFormat?
    /// Set when the camera is opened, also when it is back.
    package var controls: [CameraControl] = []
    /// How many of the driver's to ask for, 2...32.
    package var buffers = Camera.usualBuffers

    package init() {}
}

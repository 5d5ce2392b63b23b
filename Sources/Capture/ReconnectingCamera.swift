import Frames
import System

/// A camera that comes back: when it is unplugged, stalls or is taken, it is looked for by its id until it can be opened
/// again. One queue owns a value; what is shown meanwhile is the business of the outputs.
public final class ReconnectingCamera: FrameSource {
    private let request: CameraWishes
    private let devices: Devices
    private let report: @Sendable (News) -> Void
    private var camera: (any FrameSource)?
    private let interrupter = Interrupter()
    private let choice: CameraSwitch
    /// Stays when the device's number changes.
    private var id: String
    private var framesRead = 0
    private var isResting = false

    public private(set) var name: String
    public private(set) var size: FrameSize
    /// Of the first camera: what is recorded keeps its rate, whichever comes after it.
    public let frameRate: FrameRate
    public let isLive = true
    /// Forgotten where the camera comes back with another size, of which a square was never asked for.
    public var wanted: WantedSquare? {
        didSet { camera?.wanted = wanted }
    }

    /// - Parameters:
    ///   - devices: how cameras are found and opened; a test plays them.
    ///   - choice: makes it go on with another camera.
    ///   - report: told, on the queue that reads, when the camera goes and when it is back.
    /// - Throws: ``CaptureError`` where it cannot be opened at first.
    public init(
        _ path: String, _ request: CameraWishes = CameraWishes(), _ devices: Devices = .live,
        choice: CameraSwitch = CameraSwitch(), report: @escaping @Sendable (News) -> Void
    ) throws(CaptureError) {
        let camera = try devices.open(request, path, interrupter)
        self.request = request
        self.devices = devices
        self.choice = choice
        self.report = report
        self.camera = camera
        name = path
        size = camera.size
        frameRate = camera.frameRate
        id = devices.id(path) ?? path
    }

    /// Waits for the next picture, and for the camera where it has gone; `nil` once it is interrupted.
    public func next() throws -> Frame? {
        while !interrupter.isInterrupted {
            if let path = choice.take() { change(to: path) }
            if isResting { getUp() }
            do {
                if let camera, let frame = try camera.next() {
                    defer { framesRead += 1 }
                    return frame.stamped(sequence: framesRead, captured: frame.captured)
                }
                if interrupter.isInterrupted { break }
            } catch {
                report(News(isThere: false, text: "\(error); waiting for it to come back"))
            }
            // The device is given back before it is looked for: an open descriptor would keep its number in use.
            camera = nil
            guard let found = reopened() else {
                devices.pause(interrupter)
                continue
            }
            adopt(found)
            report(News(isThere: true, text: "\(name): the camera is back"))
        }
        return nil
    }

    public func rest() {
        camera = nil
        isResting = true
    }

    /// Where the camera has gone meanwhile it is waited for as ever.
    private func getUp() {
        isResting = false
        guard camera == nil else { return }
        if let found = reopened() {
            adopt(found)
        } else {
            report(News(isThere: false, text: "\(name): the camera has gone, or is taken; waiting for it to come back"))
        }
    }

    public var interrupt: @Sendable () -> Void { { [interrupter] in interrupter.interrupt() } }

    /// Where the other one cannot be opened, this one is looked for as if it had been away.
    private func change(to path: String) {
        camera = nil
        do throws(CaptureError) {
            let other = try devices.open(request, path, interrupter)
            (name, id) = (path, devices.id(path) ?? path)
            adopt(other)
            report(News(isThere: true, text: "\(path): this camera drives now", driver: path))
        } catch {
            report(News(isThere: false, text: "\(error); going back to \(name)"))
        }
    }

    private func adopt(_ found: any FrameSource) {
        if found.size != size { wanted = nil }
        found.wanted = wanted
        size = found.size
        camera = found
    }

    private func reopened() -> (any FrameSource)? {
        guard let path = devices.path(id) else { return nil }
        return try? devices.open(request, path, interrupter)
    }

    /// What became of the camera.
    public struct News: Sendable {
        public let isThere: Bool
        /// For the user, a line.
        public let text: String
        /// Another camera's path, where it is that one from now on.
        public var driver: String?
    }

    /// The cameras of a computer, as far as one is looked for here.
    public struct Devices {
        var open: (CameraWishes, _ path: String, Interrupter) throws(CaptureError) -> any FrameSource
        /// What finds the camera at a path again; `nil` where there is none.
        var id: (_ path: String) -> String?
        /// Where the camera with an id is now.
        var path: (_ id: String) -> String?
        /// Between two looks.
        var pause: (Interrupter) -> Void

        public static var live: Devices {
            Devices(
                open: { (request, path, interrupter) throws(CaptureError) in
                    do throws(CaptureError) {
                        return try Camera(
                            path: path, size: request.size ?? FrameSize(width: 640, height: 480),
                            rate: request.rate ?? FrameRate(30), format: request.format, controls: request.controls,
                            buffers: request.buffers, interrupter: interrupter)
                    } catch  where error.code == .busy {
                        throw error.naming(DeviceUsers().of(path))
                    }
                },
                id: { CameraList().id(of: $0) }, path: { CameraList().path(of: $0) },
                pause: { $0.wait(milliseconds: 500) })
        }
    }
}

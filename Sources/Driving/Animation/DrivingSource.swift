import Assets
import Capture
import Display
import Frames
import System

/// What `--camera` and `--driving` name, before it is opened: opening it twice is how a clip is looked through for its
/// calibration frame first.
package struct DrivingSource: Sendable {
    package enum Kind: Sendable, Equatable {
        case testCamera
        case camera(String)
        case video(String)
    }

    package let kind: Kind
    /// Has another camera drive, where one does.
    private let cameraSwitch = CameraSwitch()
    private let rate: FrameRate?
    private let size: FrameSize
    private let camera: CameraWishes
    private let runsFreely: Bool
    private let searchPath: String
    private let openCamera: CameraOpener
    private let report: @Sendable (String) -> Void

    /// Opens the camera at a path; it calls back with what becomes of it, on the queue that reads it.
    package typealias CameraOpener =
        @Sendable (
            _ path: String, CameraWishes, CameraSwitch, _ onNews: @escaping @Sendable (ReconnectingCamera.News) -> Void
        ) throws -> any FrameSource

    /// - Parameters:
    ///   - name: `test`, a camera device such as /dev/video0 (``isDevice(_:)``), or what ``openVideo(_:standardInput:searchPath:)`` takes.
    ///   - rate: how fast its frames are meant to be shown; `nil` leaves that to the source (25 for the test camera).
    ///   - size: of the test camera's frames, where `camera` does not say.
    ///   - camera: what is asked of a camera.
    ///   - searchPath: where to look for ffmpeg, the value of `PATH`.
    ///   - runsFreely: whether the test camera makes pictures at its own rate, fetched or not, as other cameras do.
    ///   - openCamera: a test plays it.
    ///   - report: told when a camera goes away and when it is back; on the queue that reads it.
    package init(
        _ name: String, rate: FrameRate?, size: FrameSize, camera: CameraWishes = CameraWishes(), searchPath: String,
        runsFreely: Bool = false,
        openCamera: @escaping CameraOpener = { try ReconnectingCamera($0, $1, choice: $2, report: $3) },
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        kind = isDevice(name) ? .camera(name) : name == "test" ? .testCamera : .video(name)
        let isTestCamera = kind == .testCamera
        self.rate = isTestCamera ? camera.rate ?? rate : rate
        self.size = isTestCamera ? camera.size ?? size : size
        self.camera = camera
        self.runsFreely = runsFreely
        self.openCamera = openCamera
        self.report = report
        self.searchPath = searchPath
    }

    /// Whether ``open(frames:)`` gives the same frames again.
    package var canRewind: Bool {
        switch kind {
        case .testCamera: true
        case .camera: false
        case .video(let path): path != "-" && ![.special, .disk].contains(try? FileKind(path: path))
        }
    }

    /// What the source keeps across restarts; a camera also in another socket.
    package var identity: String {
        guard case .camera(let path) = kind else { return name }
        return Self.identity(ofCamera: path)
    }

    /// Whether it is somebody in front of a camera, who can be asked to sit still.
    package var isCamera: Bool { if case .camera = kind { true } else { false } }

    /// Whether it has a rate of its own, whatever rate is asked for.
    package var isPaced: Bool { isCamera || kind == .testCamera }

    /// What tells when pictures are shown in a recording of a live run.
    package var recordingBase: RecordingTimeline.Base {
        switch kind {
        case .video: .sequence
        case .testCamera, .camera: .captured
        }
    }

    package var name: String {
        switch kind {
        case .testCamera: "the test camera"
        case .camera(let path): path
        case .video("-"): "standard input"
        case .video(let path): path
        }
    }

    /// Goes on with another camera; does nothing where none drives. From any queue.
    package func choose(camera path: String) { cameraSwitch.choose(path) }

    /// What a camera is kept by, ``identity``.
    package static func identity(ofCamera path: String) -> String { CameraList().id(of: path) ?? path }

    /// - Parameters:
    ///   - frames: where the test camera ends, which never would; other sources ignore it.
    ///   - loops: whether a clip begins again when it has ended, without its sound. Of a pipe's it cannot.
    ///   - onCamera: told the path of another camera that drives from now on, on the queue that reads it.
    ///   - onOutage: told whether a camera has gone or is back, on the queue that reads it.
    package func open(
        frames: Int? = nil, loops: Bool = false, onCamera: @escaping @Sendable (String) -> Void = { _ in },
        onOutage: @escaping @Sendable (Bool) -> Void = { _ in }
    ) throws -> any FrameSource {
        switch kind {
        case .testCamera:
            // Made anew for each use, so that another thread may have one.
            func camera() throws -> TestCamera {
                TestCamera(
                    portrait: Frame(pixels: try EmbeddedAssets.portrait(), sequence: 0, captured: .now), size: size,
                    frameRate: rate ?? Self.testCameraRate, frameCount: frames)
            }
            return runsFreely ? FreeRunningCamera(try camera(), buffers: self.camera.buffers) : try camera()
        case .camera(let path):
            return try openCamera(path, camera, cameraSwitch) { [report] news in
                report(news.text)
                if let driver = news.driver { onCamera(driver) }
                onOutage(!news.isThere)
            }
        case .video(let name):
            let open = { [searchPath] in try openVideo(name, searchPath: searchPath) }
            let source = loops && canRewind ? try LoopedSource(open) : try open()
            return rate.map { RetimedSource(source, rate: $0) } ?? source
        }
    }

    /// Frames of the test camera's script, after which it repeats itself.
    package var testCameraScriptLength: Int {
        Int((TestCamera.scriptDuration * (rate ?? Self.testCameraRate).framesPerSecond).rounded())
    }

    private static let testCameraRate = FrameRate(25)
}

/// The frames of another source, meant to be shown at another rate.
private final class RetimedSource: FrameSource {
    private let source: any FrameSource
    let frameRate: FrameRate

    init(_ source: any FrameSource, rate: FrameRate) {
        self.source = source
        frameRate = rate
    }

    var name: String { source.name }
    var size: FrameSize { source.size }
    var frameCount: Int? { source.frameCount }
    var shortfall: String? { source.shortfall }
    var expectedFrameCount: Int? { source.expectedFrameCount }
    var sound: Soundtrack? {
        source.sound?.faster(by: frameRate.framesPerSecond / source.frameRate.framesPerSecond)
    }

    func next() throws -> Frame? { try source.next() }
}

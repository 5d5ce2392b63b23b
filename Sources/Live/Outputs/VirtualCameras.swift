import Assets
import Display
import Logging

/// The virtual cameras of a run: v4l2loopback devices, and cameras that PipeWire offers. Made before anything else, since call
/// apps give up on a camera that sends nothing: each shows its standby card from the moment it is opened, and repeats its
/// last picture whatever the network does. One that is lost is looked for as long as the run goes on.
package struct VirtualCameras: Sendable {
    private let cameras: [VirtualCamera]
    /// Told who looks at them.
    let idle = IdleWatch()
    /// `nil` where the sound is as it is.
    let sound: SoundDelay?

    /// Whether `output` names such a camera.
    package static func isOne(_ output: String) -> Bool {
        output.hasPrefix("/dev/video") || PipeWireDevice.name(of: output) != nil
    }

    /// - Parameters:
    ///   - outputs: of a run; those that are no cameras are left out.
    ///   - microphone: what is to be as late as the first camera's pictures; `nil` for nothing.
    ///   - logger: told of a camera that is lost, and of one that is back.
    /// - Throws: ``DisplayError`` where a camera or the microphone cannot be used.
    package init(
        _ outputs: [String], settings: VirtualCamera.Settings, delaying microphone: MicrophoneChoice? = nil,
        _ logger: Logger
    ) throws {
        let cameras = try outputs.filter(Self.isOne).map { [idle] output in
            let observer = VirtualCameraObserver(
                onLoss: { logger.warning("\($0)") }, onReturn: { logger.notice("\(output): the camera is back") },
                onWatched: { idle.noteWatched(output, $0) })
            guard let name = PipeWireDevice.name(of: output) else {
                return try VirtualCamera(path: output, settings: settings, fontBytes: EmbeddedAssets.font, observer)
            }
            return try VirtualCamera(pipeWire: name, settings: settings, fontBytes: EmbeddedAssets.font, observer)
        }
        self.cameras = cameras
        let idle = idle
        sound = try microphone.map { choice in
            // Of the camera that somebody looks at.
            try SoundDelay(
                listeningTo: choice.node,
                latency: {
                    (cameras.first { idle.isWatched($0.name) } ?? cameras.first)?.ledger.newestLatency
                }, logger)
        }
    }

    /// Whether others see the avatar as in a mirror, from the next picture on.
    func setMirrored(_ isMirrored: Bool) {
        for camera in cameras { camera.isMirrored = isMirrored }
    }

    /// Until the next picture.
    func show(_ card: StandbyCard) {
        for camera in cameras { camera.show(card) }
    }

    var outputs: [any Output] { cameras }
}

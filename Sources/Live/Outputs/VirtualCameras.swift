import Assets
import Display
import Flow
import Synchronization

/// The v4l2loopback devices of a run. Made before anything else, since call apps give up on a camera that sends nothing:
/// each shows its standby card from the moment it is opened, and repeats its last picture whatever the network does.
package struct VirtualCameras: Sendable {
    private let cameras: [LoopbackCamera]
    private let failures = FirstFailure()

    /// Whether `output` names such a device.
    package static func isOne(_ output: String) -> Bool { output.hasPrefix("/dev/video") }

    /// - Parameter outputs: of a run; those that are no device are left out.
    /// - Throws: ``DisplayError`` where a device cannot be used.
    package init(_ outputs: [String], settings: LoopbackCamera.Settings) throws {
        let failures = failures
        cameras = try outputs.filter(Self.isOne).map { path in
            try LoopbackCamera(
                path: path, settings: settings, fontBytes: EmbeddedAssets.font, onFailure: failures.report)
        }
    }

    /// Whether others see the avatar as in a mirror, from the next picture on.
    func setMirrored(_ isMirrored: Bool) {
        for camera in cameras { camera.isMirrored = isMirrored }
    }

    /// - Parameter onFailure: called on some queue where a device is lost.
    func outputs(onFailure: @escaping @Sendable (any Error) -> Void) -> [any Output] {
        failures.onReport { [failures] in failures.first.map(onFailure) }
        return cameras
    }
}

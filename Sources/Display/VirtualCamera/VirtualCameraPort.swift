import Frames
import System

/// What a virtual camera is written to, and how it is opened, at first and whenever it was lost.
public struct VirtualCameraPort: Sendable {
    /// What its user calls it.
    let name: String
    /// What pictures look like until the device says otherwise, where the device may be absent at first; `nil` where a run
    /// without it cannot begin.
    let layoutWhileAbsent: VirtualCameraLayout?
    /// Called on the camera's queue.
    ///
    /// - Parameter wake: called on some queue when somebody begins or ceases to look, or the device has gone: must not
    ///   block.
    let open: @Sendable (_ wake: @escaping @Sendable () -> Void) throws(DisplayError) -> any VirtualCameraDevice
}

extension VirtualCameraPort {
    /// A device of the v4l2loopback module.
    ///
    /// - Parameters:
    ///   - path: /dev/videoN.
    ///   - size: to ask the driver for; it may insist on another.
    ///   - rate: what programs that read the camera are told; it does not pace anything.
    static func loopback(
        _ path: String, size: FrameSize, rate: FrameRate, _ system: LoopbackSystem
    ) -> VirtualCameraPort {
        VirtualCameraPort(name: path, layoutWhileAbsent: nil) { _ throws(DisplayError) in
            try LoopbackDevice(opening: path, size: size, rate: rate, system)
        }
    }

    /// A camera that PipeWire offers. The daemon may start later, end and start again.
    ///
    /// - Parameters:
    ///   - name: what call apps show and remember it by.
    ///   - size: of its pictures; odd sizes are rounded down.
    ///   - rate: what call apps are told.
    static func pipeWire(_ name: String, size: FrameSize, rate: FrameRate) -> VirtualCameraPort {
        let even = FrameSize(width: max(2, size.width & ~1), height: max(2, size.height & ~1))
        let layout = VirtualCameraLayout(.yuyv, even)
        return VirtualCameraPort(name: PipeWireDevice.output(name), layoutWhileAbsent: layout) {
            wake throws(DisplayError) in
            try PipeWireDevice(name, layout, rate: rate, onChange: wake)
        }
    }
}

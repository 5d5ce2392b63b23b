import CV4L2
import SystemPackage

/// What a device says it is.
struct V4L2Capabilities: Equatable, Sendable {
    let driver: String
    let card: String
    let bus: String
    private let flags: UInt32

    init(_ answer: v4l2_capability) {
        driver = String(fixed: answer.driver)
        card = String(fixed: answer.card)
        bus = String(fixed: answer.bus_info)
        // What this node can do; `capabilities` is what all nodes of the device together can.
        flags = answer.capabilities & UInt32(V4L2_CAP_DEVICE_CAPS) != 0 ? answer.device_caps : answer.capabilities
    }

    /// Pictures can be had from it through mapped buffers. Not memory-to-memory devices: what those give back is what
    /// somebody else put in.
    var isCamera: Bool {
        has(V4L2_CAP_VIDEO_CAPTURE) && has(V4L2_CAP_STREAMING) && !has(V4L2_CAP_VIDEO_M2M)
    }

    var isLoopback: Bool { driver == "v4l2 loopback" }

    private func has(_ flag: some BinaryInteger) -> Bool { flags & UInt32(flag) != 0 }
}

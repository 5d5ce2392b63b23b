import CV4L2
import Glibc

/// The controls of a played camera.
struct PlayedControls {
    struct Control {
        let id: UInt32
        let name: String
        var type = V4L2_CTRL_TYPE_INTEGER
        var range: ClosedRange<Int32> = 0...255
        var step: Int32 = 1
        var flags: Int32 = 0
        var value: Int32 = 128
    }

    var all: [Control] = []
    /// What the next calls of these kinds answer, before they work.
    var failing: [UInt: [CInt]] = [:]
    /// The driver does not know how to go on to the next control: it has the first one for whatever it is asked.
    var startsAnew = false
    /// What was set, in order.
    private(set) var log: [String] = []
    private(set) var queries = 0

    static let usual: [Control] = [
        Control(id: 0x98_0001, name: "User Controls", type: V4L2_CTRL_TYPE_CTRL_CLASS),
        Control(id: 0x98_0900, name: "Brightness", range: -64...64, step: 2, value: 0),
        Control(id: 0x98_090C, name: "White Balance, Automatic", type: V4L2_CTRL_TYPE_BOOLEAN, range: 0...1, value: 1),
        Control(id: 0x98_0918, name: "Power Line Frequency", type: V4L2_CTRL_TYPE_MENU, range: 0...2, value: 1),
        Control(id: 0x98_0919, name: "Gone", flags: V4L2_CTRL_FLAG_DISABLED),
        Control(id: 0x98_0920, name: "Bits", type: V4L2_CTRL_TYPE_BITMASK, range: 0...5, step: 0, value: 4),
        Control(id: 0x98_0930, name: "Focus, Now", type: V4L2_CTRL_TYPE_BUTTON, range: 0...0),
        Control(
            id: 0x9A_0902, name: "Exposure Time, Absolute", range: 3...2047, flags: V4L2_CTRL_FLAG_INACTIVE, value: 250),
    ]

    mutating func ioctl(_ request: UInt, _ argument: UnsafeMutableRawPointer) -> CInt {
        if let reason = failing[request]?.first {
            failing[request]?.removeFirst()
            return -reason
        }
        switch request {
        case PUPPET_VIDIOC_QUERYCTRL: return query(argument.assumingMemoryBound(to: v4l2_queryctrl.self))
        case PUPPET_VIDIOC_G_CTRL, PUPPET_VIDIOC_S_CTRL:
            let asked = argument.assumingMemoryBound(to: v4l2_control.self)
            guard let index = all.firstIndex(where: { $0.id == asked.pointee.id }) else { return -EINVAL }
            if request == PUPPET_VIDIOC_S_CTRL {
                all[index].value = asked.pointee.value
                log.append("\(all[index].name) \(asked.pointee.value)")
            }
            asked.pointee.value = all[index].value
            return 0
        default: return -ENOTTY
        }
    }

    private mutating func query(_ answer: UnsafeMutablePointer<v4l2_queryctrl>) -> CInt {
        queries += 1
        let last = answer.pointee.id & ~UInt32(V4L2_CTRL_FLAG_NEXT_CTRL)
        guard let next = all.first(where: { startsAnew || $0.id > last }) else { return -EINVAL }
        answer.pointee.id = next.id
        answer.pointee.type = next.type.rawValue
        withUnsafeMutableBytes(of: &answer.pointee.name) { $0.copyBytes(from: next.name.utf8) }
        answer.pointee.minimum = next.range.lowerBound
        answer.pointee.maximum = next.range.upperBound
        answer.pointee.step = next.step
        answer.pointee.default_value = next.range.lowerBound
        answer.pointee.flags = UInt32(next.flags)
        return 0
    }
}

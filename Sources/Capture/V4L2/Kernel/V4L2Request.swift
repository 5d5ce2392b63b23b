import CV4L2
import Glibc

/// An ioctl, with the name that a message calls it.
struct V4L2Request: Sendable {
    let name: String
    let number: UInt

    static let queryCapabilities = V4L2Request(name: "VIDIOC_QUERYCAP", number: PUPPET_VIDIOC_QUERYCAP)
    static let listFormats = V4L2Request(name: "VIDIOC_ENUM_FMT", number: PUPPET_VIDIOC_ENUM_FMT)
    static let listSizes = V4L2Request(name: "VIDIOC_ENUM_FRAMESIZES", number: PUPPET_VIDIOC_ENUM_FRAMESIZES)
    static let listIntervals = V4L2Request(
        name: "VIDIOC_ENUM_FRAMEINTERVALS", number: PUPPET_VIDIOC_ENUM_FRAMEINTERVALS)
    static let setFormat = V4L2Request(name: "VIDIOC_S_FMT", number: PUPPET_VIDIOC_S_FMT)
    static let getParameters = V4L2Request(name: "VIDIOC_G_PARM", number: PUPPET_VIDIOC_G_PARM)
    static let setParameters = V4L2Request(name: "VIDIOC_S_PARM", number: PUPPET_VIDIOC_S_PARM)
    static let queryControl = V4L2Request(name: "VIDIOC_QUERYCTRL", number: PUPPET_VIDIOC_QUERYCTRL)
    static let getControl = V4L2Request(name: "VIDIOC_G_CTRL", number: PUPPET_VIDIOC_G_CTRL)
    static let setControl = V4L2Request(name: "VIDIOC_S_CTRL", number: PUPPET_VIDIOC_S_CTRL)
    static let requestBuffers = V4L2Request(name: "VIDIOC_REQBUFS", number: PUPPET_VIDIOC_REQBUFS)
    static let queryBuffer = V4L2Request(name: "VIDIOC_QUERYBUF", number: PUPPET_VIDIOC_QUERYBUF)
    static let queue = V4L2Request(name: "VIDIOC_QBUF", number: PUPPET_VIDIOC_QBUF)
    static let dequeue = V4L2Request(name: "VIDIOC_DQBUF", number: PUPPET_VIDIOC_DQBUF)
    static let start = V4L2Request(name: "VIDIOC_STREAMON", number: PUPPET_VIDIOC_STREAMON)
    static let stop = V4L2Request(name: "VIDIOC_STREAMOFF", number: PUPPET_VIDIOC_STREAMOFF)
}

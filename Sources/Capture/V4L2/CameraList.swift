import CV4L2
import Glibc
import System
import SystemPackage

/// The video devices of this computer.
public struct CameraList {
    private let devices: String
    private let processes: String
    private let system: V4L2System

    public init() { self.init(devices: "/dev", processes: "/proc", .live) }

    init(devices: String, processes: String, _ system: V4L2System) {
        self.devices = devices
        self.processes = processes
        self.system = system
    }

    /// Every `/dev/videoN`, by number. Opens each for a moment, and disturbs no program that uses it.
    public func all() -> [CameraInfo] {
        let nodes = nodes()
        guard !nodes.isEmpty else { return [] }
        let users = DeviceUsers(processes: processes)
        return nodes.map { describe($0, users.of($0.path)) }
    }

    /// - Parameter path: a camera's, or a link to it.
    /// - Returns: what finds the camera again, ``CameraInfo/id``; `nil` where there is none.
    public func id(of path: String) -> String? {
        let device = resolvedPath(path)
        return nodes().first { resolvedPath($0.path) == device }.flatMap(cameraID)
    }

    /// - Returns: where the camera is now that had this id; `nil` if it is gone.
    public func path(of id: String) -> String? { nodes().first { cameraID($0) == id }?.path }

    /// The device that a number or a name means, as people say it.
    ///
    /// - Parameter name: a number, as in /dev/videoN, or a camera's name or a part of it, in whatever case.
    /// - Returns: `nil` where no camera is called so; of several the first, one of that very name before others.
    public func path(named name: String) -> String? {
        if !name.isEmpty, name.count < 4, name.allSatisfy({ $0.isASCII && $0.isNumber }) {
            return "\(devices)/video\(name)"
        }
        let cameras = nodes().compactMap { node in self.name(of: node).map { (path: node.path, name: $0.lowercased()) }
        }
        let wanted = name.lowercased()
        return (cameras.first { $0.name == wanted } ?? cameras.first { !wanted.isEmpty && $0.name.contains(wanted) })?
            .path
    }

    /// A video device, opened by its path and known by its link, where it has one.
    private struct Node {
        let path: String
        let link: String?

        func id(_ capabilities: V4L2Capabilities) -> String { link ?? "\(capabilities.bus) \(capabilities.card)" }
    }

    private func nodes() -> [Node] {
        let links = stableLinks()
        let names = folderEntries(devices).filter { name in
            name.hasPrefix("video") && name.count > 5 && name.dropFirst(5).allSatisfy(\.isNumber)
        }
        return names.sorted(by: precedesNaturally).map { name in
            let path = "\(devices)/\(name)"
            return Node(path: path, link: links[resolvedPath(path)])
        }
    }

    private func cameraID(_ node: Node) -> String? { capabilities(node).map(node.id) }

    private func name(of node: Node) -> String? { capabilities(node)?.card }

    /// - Returns: `nil` for what is no camera now, such as the node beside it that gives metadata and has the same name.
    private func capabilities(_ node: Node) -> V4L2Capabilities? {
        guard let device = try? V4L2Device(opening: node.path, system), let capabilities = try? device.capabilities(),
            capabilities.isCamera
        else { return nil }
        return capabilities
    }

    private func describe(_ node: Node, _ users: [DeviceUser]) -> CameraInfo {
        var info = CameraInfo(path: node.path, id: node.link ?? node.path, users: users)
        do throws(CaptureError) {
            let device = try V4L2Device(opening: node.path, system)
            let capabilities = try device.capabilities()
            info.card = capabilities.card
            info.driver = capabilities.driver
            info.busInfo = capabilities.bus
            info.id = node.id(capabilities)
            info.kind = capabilities.isLoopback ? .loopback : capabilities.isCamera ? .camera : .other
            guard capabilities.isCamera else { return info }
            info.formats = device.formatOffers().map(CameraInfo.Format.init)
            info.controls = device.controlOffers().map { CameraInfo.Control($0, value: device.value(of: $0)) }
            info.isBusy = device.isBusy
        } catch {
            info.problem = error
            info.isBusy = error.code == .busy
        }
        return info
    }

    /// From a device's path to the link that finds the same camera again on whatever port and number.
    private func stableLinks() -> [String: String] {
        let folder = "\(devices)/v4l/by-id"
        let links = folderEntries(folder).sorted(by: precedesNaturally).map { "\(folder)/\($0)" }
        return Dictionary(links.map { (resolvedPath($0), $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension V4L2Device {
    /// Whether another program has its buffers. To have the device open alone is nothing: sound and desktop servers do.
    fileprivate var isBusy: Bool {
        var request = v4l2_requestbuffers()  // for no buffers: only asks whether one might
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        request.memory = V4L2_MEMORY_MMAP.rawValue
        do throws(Errno) {
            try self.request(.requestBuffers, &request)
            return false
        } catch {
            return error == .resourceBusy
        }
    }
}

import Capture

/// The cameras a run could read.
struct CameraCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        let found = system.devices.filter { $0.kind != .loopback }.compactMap(finding)
        guard found.isEmpty else { return found }
        return [
            .note(
                "camera", "there is none",
                remedy: "plug one in, or drive with a video file (--camera clip.mp4) or --camera test")
        ]
    }

    /// - Returns: `nil` for what is no camera, such as the node beside one that gives metadata.
    private func finding(_ device: CameraInfo) -> Finding? {
        if let problem = device.problem, !device.isBusy { return .unusable(device.path, problem) }
        guard device.kind == .camera || device.isBusy else { return nil }
        let others = device.users.filter { $0.name != puppetName }
        if device.isBusy, device.users.isEmpty || !others.isEmpty {
            let names = others.isEmpty ? "another program" : others.map(\.description).joined(separator: ", ")
            return .problem(
                device.path, "\(names) is using the camera", remedy: "close that program, or name another camera")
        }
        let name = device.card.isEmpty ? "a camera" : device.card
        return .ok(device.path, device.isBusy ? "\(name); puppet is using it" : name)
    }
}

/// This program, as ``Frames/DeviceUser/name`` has it.
let puppetName = "puppet"

extension Finding {
    /// A device that cannot be examined: mostly one may not open it.
    static func unusable(_ device: String, _ problem: CaptureError) -> Finding {
        .problem(device, problem.detail, remedy: problem.hint ?? "unplug it and plug it in again")
    }
}

import Capture

/// Whether call apps would find each virtual camera, and whether puppet can write to it.
struct LoopbackDeviceCheck: DoctorCheck {
    /// Browsers and most call apps look no further.
    private static let lastNumber = 63

    func findings(_ system: DoctorSystem) -> [Finding] {
        let devices = system.devices.filter { $0.kind == .loopback }
        let numbers = devices.compactMap(\.number)
        let isExclusive = LoopbackModule(system).exclusiveCaps(of: numbers)
        let better = numbers.allSatisfy { $0 <= Self.lastNumber } ? numbers : numbers.indices.map { 10 + $0 }
        return devices.map { device in
            var hidden: [String] = []
            if let number = device.number, number > Self.lastNumber {
                hidden.append("browsers look for cameras at /dev/video0 to \(Self.lastNumber) only")
            }
            if let number = device.number, isExclusive[number] == false {
                hidden.append("without exclusive_caps Chrome and others do not take it for a camera")
            }
            guard hidden.isEmpty else {
                return .problem(
                    device.path, hidden.joined(separator: "; "), remedy: LoopbackModule.reloading(better))
            }
            if let problem = device.problem, !device.isBusy { return .unusable(device.path, problem) }
            return use(of: device)
        }
    }

    /// Who writes to a device and who reads it cannot be told apart from outside; of puppet it is known.
    private func use(of device: CameraInfo) -> Finding {
        let name = "virtual camera \(device.card)"
        let others = device.users.filter { $0.name != puppetName }.map(\.description).joined(separator: ", ")
        if device.users.contains(where: { $0.name == puppetName }) {
            let readers = others.isEmpty ? "no other program has it open" : "open in \(others)"
            return .ok(device.path, "\(name); puppet is sending to it, \(readers)")
        }
        guard !others.isEmpty else { return .ok(device.path, "\(name), free") }
        return .note(
            device.path, "\(name), open in \(others)",
            remedy: "if that sends pictures to it (OBS, ffmpeg), close it: a device takes those of one program")
    }
}

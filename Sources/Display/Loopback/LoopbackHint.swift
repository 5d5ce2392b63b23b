/// What a user can do who has named what is no loopback camera.
struct LoopbackHint {
    /// Of those that are there.
    private let devices: [String]

    init(_ system: LoopbackSystem) { devices = system.devices() }

    /// Where something else was named.
    var choose: String {
        devices.isEmpty ? "name a device of the v4l2loopback module" : "there is \(devices.joined(separator: ", "))"
    }

    /// Where nothing of that name is there. A module that is loaded gives no other device when it is loaded once more.
    func instead(of path: String) -> String {
        guard devices.isEmpty else { return choose }
        let number = path.hasPrefix("/dev/video") ? Int(path.dropFirst("/dev/video".count)) : nil
        let device = number.map { " video_nr=\($0)" } ?? ""
        return "load the module: sudo modprobe v4l2loopback exclusive_caps=1\(device)"
    }

    /// Where programs have agreed on a format that is none of ours.
    static func releaseFormat(of path: String) -> String {
        "end the programs that use it and release its format: v4l2-ctl -d \(path) -c keep_format=0"
    }
}

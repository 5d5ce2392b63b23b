import Foundation

/// What the kernel and the disk know of the v4l2loopback module.
struct LoopbackModule {
    private let system: DoctorSystem
    /// The running kernel's release.
    let kernel: String

    private static let folder = "/sys/module/v4l2loopback"

    init(_ system: DoctorSystem) {
        self.system = system
        kernel = system.text("/proc/sys/kernel/osrelease") ?? ""
    }

    var isLoaded: Bool { system.exists(Self.folder) }

    /// Such as 0.12.7; `nil` unless it is loaded.
    var version: String? { system.text(Self.folder + "/version") }

    /// Whether several programs may read a device at once, as up to 0.12; `nil` for a version that is not known.
    var hasManyReaders: Bool? {
        let numbers = (version ?? "").split(separator: ".").map { Int($0) }
        guard numbers.count >= 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        return (major, minor) < (0, 13)
    }

    /// The module's file for the running kernel, by what modprobe goes by.
    var file: String? {
        let folder = "/lib/modules/\(kernel)"
        let lines = (system.text(folder + "/modules.dep") ?? "").split(separator: "\n")
        let paths = lines.compactMap { $0.split(separator: ":", maxSplits: 1).first }
        return paths.first { $0.contains("/v4l2loopback.ko") }.map { "\(folder)/\($0)" }
    }

    /// Whether its source is there, which DKMS builds for each kernel whose headers are installed.
    var hasSource: Bool { system.entries("/usr/src").contains { $0.hasPrefix("v4l2loopback-") } }

    /// Whether the file has a signature, whosever; `nil` for one that is packed, and where there is none.
    var isSigned: Bool? {
        guard let file, file.hasSuffix(".ko"), let bytes = system.contents(file) else { return nil }
        return bytes.suffix(Self.signatureMark.count).elementsEqual(Self.signatureMark)
    }

    /// What the kernel looks for at the end of a module.
    private static let signatureMark = Array("~Module signature appended~\n".utf8)

    /// Each device's `exclusive_caps`, by the device's number; devices that the parameters do not cover are left out.
    ///
    /// The parameters are lists in the order in which the devices were made: one whose number was asked for is found by
    /// `video_nr`, the others took the places without a number.
    func exclusiveCaps(of devices: [Int]) -> [Int: Bool] {
        let isExclusive = parameter("exclusive_caps").map { ["Y", "1"].contains($0) }
        let asked = parameter("video_nr").map { Int($0) ?? -1 }
        var free = isExclusive.indices.filter { !asked.indices.contains($0) || asked[$0] < 0 }[...]
        var found: [Int: Bool] = [:]
        for device in devices.sorted() {
            guard let place = asked.firstIndex(of: device) ?? free.popFirst(), isExclusive.indices.contains(place)
            else {
                continue
            }
            found[device] = isExclusive[place]
        }
        return found
    }

    private func parameter(_ name: String) -> [Substring] {
        (system.text("\(Self.folder)/parameters/\(name)") ?? "").split(separator: ",")
    }

    /// The command that loads it now and at every start.
    static let setup = "puppet setup camera"

    /// The command that makes the devices anew.
    ///
    /// - Parameter devices: their numbers.
    static func reloading(_ devices: [Int]) -> String {
        let flags = devices.map { _ in "1" }.joined(separator: ",")
        let numbers = devices.map { "\($0)" }.joined(separator: ",")
        let load = "sudo modprobe v4l2loopback exclusive_caps=\(flags) video_nr=\(numbers) card_label=puppet"
        return "close what uses it, then: sudo modprobe -r v4l2loopback && \(load)"
    }
}

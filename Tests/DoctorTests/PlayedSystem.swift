@testable import Capture
@testable import Doctor
@testable import System

/// A computer as a test wants it. By default one on which everything is well: two cores, a camera, and a virtual camera.
struct PlayedSystem {
    var files = [
        "/proc/cpuinfo": """
        physical id\t: 0
        core id\t: 0
        flags\t\t: fpu avx2 avx512f
        physical id\t: 0
        core id\t: 1
        """,
        "/proc/loadavg": "0.52 0.40 0.30 2/300 4711",
        "/proc/sys/kernel/osrelease": "6.1.0-13-amd64\n",
        "/sys/module/v4l2loopback": "",
        "/sys/module/v4l2loopback/version": "0.12.7\n",
        "/sys/module/v4l2loopback/parameters/exclusive_caps": "Y,N,N,N,N,N,N,N\n",
        "/sys/module/v4l2loopback/parameters/video_nr": "10,-1,-1,-1,-1,-1,-1,-1\n",
        "/lib/modules/6.1.0-13-amd64/modules.dep":
            "kernel/a.ko.xz:\nupdates/dkms/v4l2loopback.ko: kernel/videodev.ko\n",
        "/lib/modules/6.1.0-13-amd64/updates/dkms/v4l2loopback.ko": "\u{7F}ELF code",
        "/usr/bin/ffmpeg": "", "/home/anna": "",
    ]
    var bytes: [String: [UInt8]] = [:]
    var unwritable: Set<String> = []
    var listening: Set<String> = []
    var modelFailure: PuppetError?
    var devices = [PlayedSystem.camera(), PlayedSystem.loopback(10)]
    var instructionSets = ["portable", "avx2", "avx512"]
    var processors = 2
    var environment = ["HOME": "/home/anna", "DISPLAY": ":0"]

    static let secureBoot = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

    /// Whether the module is in the kernel; its file stays.
    mutating func unloadModule() {
        files = files.filter { !$0.key.hasPrefix("/sys/module/v4l2loopback") }
        devices.removeAll { $0.kind == .loopback }
    }

    static func camera(_ path: String = "/dev/video0", users: [DeviceUser] = [], isBusy: Bool = false) -> CameraInfo {
        var info = CameraInfo(path: path, id: path, users: users)
        (info.kind, info.card, info.driver, info.isBusy) = (.camera, "UVC Camera", "uvcvideo", isBusy)
        return info
    }

    static func loopback(_ number: Int, users: [DeviceUser] = []) -> CameraInfo {
        var info = CameraInfo(path: "/dev/video\(number)", id: "", users: users)
        (info.kind, info.card, info.driver) = (.loopback, "puppet", "v4l2 loopback")
        return info
    }

    var system: DoctorSystem {
        let (files, bytes, unwritable, listening, failure) = (files, bytes, unwritable, listening, modelFailure)
        return DoctorSystem(
            contents: { bytes[$0] ?? files[$0].map { Array($0.utf8) } },
            exists: { files[$0] != nil || bytes[$0] != nil },
            isWritable: { files[$0] != nil && !unwritable.contains($0) },
            isListening: { listening.contains($0) },
            entries: { folder in
                let inside = files.keys.filter { $0.hasPrefix(folder + "/") }.map { $0.dropFirst(folder.count + 1) }
                return Set(inside.map { String($0.prefix { $0 != "/" }) }).sorted()
            },
            program: { files["/usr/bin/" + $0].map { _ in "/usr/bin/ffmpeg" } },
            model: {
                if let failure { throw failure }
                return "0123456789abcdef"
            },
            devices: devices, instructionSets: instructionSets, processors: processors, environment: environment)
    }

    /// - Returns: what the doctor says under `name`, as "state detail; remedy"; `nil` where it says nothing.
    func finding(_ name: String) -> String? {
        Doctor(system).examine(settings: nil).checks.first { $0.name == name }.map {
            "\($0.state) \($0.detail)" + ($0.remedy.isEmpty ? "" : "; \($0.remedy)")
        }
    }
}

import Foundation
import Testing

@testable import Capture
@testable import Doctor
@testable import System

@Suite("puppet doctor")
struct DoctorTests {
    @Test func aHealthyComputer() throws {
        let report = Doctor(PlayedSystem().system).examine(settings: nil)
        #expect(report.problems == 0)
        #expect(report.checks.allSatisfy { $0.state == .ok && $0.remedy.isEmpty }, "\(report.table)")
        #expect(
            report.table == """
                ok       instruction set: avx512 is used; the processor has AVX2, AVX-512
                ok       cores: 2 cores, 2 threads for the network
                ok       model: default, fingerprint 0123456789abcdef
                ok       /dev/video0: UVC Camera
                ok       v4l2loopback: version 0.12.7; several programs can read a device at once
                ok       /dev/video10: virtual camera puppet, free
                ok       secure boot: off: the kernel takes any module
                ok       display: DISPLAY=:0
                ok       ffmpeg: /usr/bin/ffmpeg
                ok       data folder: /home/anna/.local/share/puppet
                """)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: [[String: String]]])
        let checks = try #require(json["checks"])
        #expect(checks.count == report.checks.count)
        #expect(checks.allSatisfy { Set($0.keys) == ["name", "state", "detail", "remedy"] })
    }

    @Test func aSlowComputer() {
        var played = PlayedSystem()
        played.instructionSets = ["portable"]
        played.files["/proc/cpuinfo"] = "flags\t: fpu sse2"
        #expect(
            played.finding("instruction set")?.hasPrefix("note portable is used; the processor has neither") == true)
        #expect(played.finding("cores") == "ok 2 threads for the network", "where the kernel does not tell cores")
        played.files["/proc/loadavg"] = "5.10 4 3 2/300 4711"
        #expect(played.finding("cores")?.contains("other programs keep them busy (load 5.1)") == true)
        played.processors = 1
        #expect(played.finding("cores")?.hasPrefix("note 1 threads for the network: one core") == true)
    }

    @Test func aModelThatDoesNotLoad() {
        var played = PlayedSystem()
        played.modelFailure = PuppetError(.noModel, "model", "is damaged")
        #expect(
            played.finding("model")
                == "problem the default model does not load: model: is damaged; install puppet again")
        #expect(Doctor(played.system).examine(settings: nil).problems == 1)
    }

    @Test func cameras() {
        var played = PlayedSystem()
        played.devices = []
        #expect(played.finding("camera")?.hasPrefix("note there is none; plug one in") == true)

        var metadata = CameraInfo(path: "/dev/video1", id: "", users: [])
        metadata.kind = .other
        played.devices = [metadata]
        #expect(played.finding("/dev/video1") == nil, "a node that gives no pictures is none of the user's business")

        var refused = CameraInfo(path: "/dev/video0", id: "", users: [])
        refused.problem = .cannotOpenDevice("/dev/video0", .permissionDenied)
        played.devices = [refused]
        #expect(
            played.finding("/dev/video0") == """
                problem you may not use this camera; join the video group with 'sudo usermod -aG video $USER' and log in \
                again
                """)

        let zoom = DeviceUser(process: 7, name: "zoom")
        played.devices = [PlayedSystem.camera(users: [zoom], isBusy: true)]
        #expect(
            played.finding("/dev/video0")
                == "problem zoom (7) is using the camera; close that program, or name another camera")
        played.devices = [PlayedSystem.camera(isBusy: true)]
        #expect(played.finding("/dev/video0")?.hasPrefix("problem another program is using") == true, "of another user")
        played.devices = [PlayedSystem.camera(users: [zoom])]
        #expect(played.finding("/dev/video0") == "ok UVC Camera", "to have it open is not to stream from it")
        played.devices = [PlayedSystem.camera(users: [DeviceUser(process: 8, name: "puppet")], isBusy: true)]
        #expect(played.finding("/dev/video0") == "ok UVC Camera; puppet is using it")
    }

    @Test func theDesktop() {
        var played = PlayedSystem()
        played.environment["DISPLAY"] = ""
        #expect(played.finding("display")?.hasPrefix("note there is none") == true)
        played.environment["WAYLAND_DISPLAY"] = "wayland-0"
        #expect(played.finding("display") == "ok WAYLAND_DISPLAY=wayland-0")
        played.files["/usr/bin/ffmpeg"] = nil
        #expect(played.finding("ffmpeg")?.hasSuffix("; sudo apt install ffmpeg") == true)
        played.unwritable = ["/home/anna"]
        #expect(
            played.finding("data folder")?.hasPrefix(
                "note /home/anna/.local/share/puppet cannot be written (/home/anna may not be)") == true)
        played.files["/home/anna/.local/share/puppet"] = ""
        #expect(played.finding("data folder") == "ok /home/anna/.local/share/puppet", "it is there already")
    }

    /// Home, folders that are there and may not be written, and whether a new owner for the nearest one is advised.
    private static let homes: [(home: String?, there: [String], isAdvised: Bool)] = [
        (nil, [], false), ("", [], false), ("/", ["/.local"], false), ("/nonexistent", [], false),
        ("/usr/sbin", ["/usr/sbin/.local"], false), ("/home/anna/../../usr", ["/usr", "/home/anna/../../usr"], false),
        ("relative", [], false), ("/home/anna", ["/home"], false), ("/home/anna", ["/home/anna"], false),
        ("/home/anna", ["/home/annabel/.local"], false), ("/home/anna", ["/home/anna/.local"], true),
        ("/home/anna/", ["/home/anna//.local"], true), ("/root", ["/root/.local"], true),
    ]

    @Test(arguments: homes)
    func noOwnerIsChangedOutsideOfHome(_ home: String?, _ there: [String], _ isAdvised: Bool) throws {
        var played = PlayedSystem()
        played.environment["HOME"] = home
        played.files["/home/anna"] = nil
        for folder in there { played.files[folder] = "" }
        played.unwritable = Set(there + ["/"])
        let finding = try #require(played.finding("data folder"))
        #expect(finding.hasPrefix("note "), "\(finding)")
        #expect(finding.hasSuffix("set XDG_DATA_HOME to a folder of yours"), "\(finding)")
        #expect(finding.contains("; sudo chown -R $USER '\(there.last ?? "/")', or ") == isAdvised, "\(finding)")
        #expect(finding.contains("chown") == isAdvised, "\(finding)")
        played.environment["XDG_DATA_HOME"] = "/usr/share"
        played.files["/usr/share"] = ""
        played.unwritable.insert("/usr/share")
        #expect(played.finding("data folder")?.contains("chown") == false, "a system's folder as data folder")
    }

    @Test func sandboxes() {
        var played = PlayedSystem()
        played.files["/snap/firefox"] = ""
        played.files["/home/anna/.local/share/flatpak/app/us.zoom.Zoom"] = ""
        #expect(played.finding("firefox")?.hasSuffix("sudo snap connect firefox:camera") == true)
        #expect(played.finding("us.zoom.Zoom")?.hasSuffix("flatpak override --user --device=all us.zoom.Zoom") == true)
    }

    @Test func pipeWire() {
        var played = PlayedSystem()
        played.environment["XDG_RUNTIME_DIR"] = "/run/user/1000"
        #expect(played.finding("PipeWire") == nil)
        played.files["/usr/bin/pipewire"] = ""
        #expect(played.finding("PipeWire")?.hasSuffix("; systemctl --user start pipewire wireplumber") == true)
        played.files["/run/user/1000/pipewire-0"] = ""
        #expect(played.finding("PipeWire")?.hasPrefix("note it is installed and does not run") == true, "it was killed")
        played.listening = ["/run/user/1000/pipewire-0"]
        #expect(played.finding("PipeWire")?.hasSuffix("; sudo apt install wireplumber") == true)
        played.files["/usr/bin/wireplumber"] = ""
        #expect(played.finding("PipeWire") == "ok it runs: --output pipewire is a camera without a kernel module")
        #expect(played.finding("Firefox") == nil && played.finding("Chromium") == nil)
        played.files["/usr/bin/firefox-esr"] = ""
        played.files["/usr/bin/google-chrome"] = ""
        #expect(played.finding("Firefox")?.hasSuffix("media.webrtc.camera.allow-pipewire, true") == true)
        #expect(played.finding("Chromium")?.contains("--enable-features=WebRtcPipeWireCamera") == true)
        #expect(played.finding("xdg-desktop-portal")?.contains("sudo apt install xdg-desktop-portal") == true)
        played.files["/usr/share/dbus-1/services/org.freedesktop.portal.Desktop.service"] = ""
        #expect(played.finding("xdg-desktop-portal") == nil)
        played.files["/home/anna/.config/google-chrome/Local State"] =
            #"{"browser":{"enabled_labs_experiments":["enable-webrtc-pipewire-camera@2"]}}"#
        played.files["/home/anna/.mozilla/firefox/abc.default/prefs.js"] =
            #"user_pref("media.webrtc.camera.allow-pipewire", false);"#
        #expect(
            played.finding("Chromium")?.hasPrefix("note") == true
                && played.finding("Firefox")?.hasPrefix("note") == true)
        played.files["/home/anna/.config/google-chrome/Local State"] =
            #"{"browser":{"enabled_labs_experiments":["enable-webrtc-pipewire-camera@1"]}}"#
        played.files["/home/anna/.mozilla/firefox/abc.default/user.js"] =
            #"user_pref("media.webrtc.camera.allow-pipewire", true);"#
        for browser in ["Chromium", "Firefox"] {
            #expect(played.finding(browser) == "ok it looks for --output pipewire: that is switched on")
        }
        #expect(played.finding("v4l2loopback and PipeWire") != nil)
        played.unloadModule()
        #expect(played.finding("v4l2loopback and PipeWire") == nil)
    }
}

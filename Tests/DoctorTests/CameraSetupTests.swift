import Testing

@testable import Capture
@testable import Doctor
@testable import System

@Suite("puppet setup camera")
struct CameraSetupTests {
    private static let options = "/etc/modprobe.d/puppet.conf"
    private static let load = "/etc/modules-load.d/puppet.conf"
    private static let origin = "# By '\\''puppet setup camera'\\''; '\\''puppet setup camera --undo'\\'' removes it."

    private static func writing(_ number: Int) -> [String] {
        [
            "printf '%s\\n' '\(origin)' 'options v4l2loopback exclusive_caps=1 video_nr=\(number) card_label=puppet' >\(options)",
            "printf '%s\\n' '\(origin)' 'v4l2loopback' >\(load)",
        ]
    }

    private func refusal(_ played: PlayedSystem) -> String? {
        do {
            _ = try CameraSetup(played.system)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func loadsAModuleThatIsNot() throws {
        var played = PlayedSystem()
        played.unloadModule()
        let setup = try CameraSetup(played.system)
        #expect(setup.commands == Self.writing(10) + ["modprobe v4l2loopback"] && setup.remark.isEmpty)
        #expect(setup.device == "/dev/video10")
        played.devices = [PlayedSystem.camera("/dev/video10")]
        #expect(try CameraSetup(played.system).commands[0].contains("video_nr=11"), "a webcam has that number")
    }

    @Test func keepsADeviceThatIsAsItShouldBe() throws {
        var played = PlayedSystem()
        #expect(try CameraSetup(played.system).commands == Self.writing(10), "only so that it comes back")
        (played.files[Self.options], played.files[Self.load]) = ("", "")
        let setup = try CameraSetup(played.system)
        #expect(setup.commands.isEmpty && setup.device == "/dev/video10")
    }

    @Test func namesTheDeviceThatAppsTakeForACamera() throws {
        var played = PlayedSystem()
        played.files["/sys/module/v4l2loopback/parameters/exclusive_caps"] = "N,Y"
        played.files["/sys/module/v4l2loopback/parameters/video_nr"] = "4,5"
        played.devices = [PlayedSystem.loopback(4), PlayedSystem.loopback(5)]
        let setup = try CameraSetup(played.system)
        #expect(setup.device == "/dev/video5" && setup.commands == Self.writing(5))
    }

    @Test func makesOthersAnew() throws {
        var played = PlayedSystem()
        played.files["/sys/module/v4l2loopback/parameters/exclusive_caps"] = "N"
        played.files["/sys/module/v4l2loopback/parameters/video_nr"] = "4"
        played.devices = [PlayedSystem.loopback(4)]
        #expect(
            try CameraSetup(played.system).commands
                == Self.writing(4) + ["modprobe -r v4l2loopback", "modprobe v4l2loopback"])
        played.devices = [PlayedSystem.loopback(4, users: [DeviceUser(process: 7, name: "obs")])]
        #expect(
            refusal(played)
                == "v4l2loopback: is loaded with other options and open in obs (7); end that, and say it again")
    }

    @Test func leavesOptionsOfOthersAlone() {
        var played = PlayedSystem()
        played.files["/etc/modprobe.d/obs.conf"] = "# OBS\noptions v4l2loopback card_label=\"OBS\"\n"
        #expect(
            refusal(played) == """
                /etc/modprobe.d/obs.conf: sets options of v4l2loopback already; add exclusive_caps=1 and card_label=puppet \
                there, or move it away
                """)
        played.files["/etc/modprobe.d/obs.conf"] = "# options v4l2loopback\noptions v4l2loopback2 a=1"
        #expect(refusal(played) == nil)
    }

    @Test func saysWhyNotAndWhatElse() {
        var played = PlayedSystem()
        played.unloadModule()
        played.files["/lib/modules/6.1.0-13-amd64/modules.dep"] = ""
        func missing(_ apps: String) -> String {
            """
            v4l2loopback: the module is not installed, so that \(apps) have no puppet to pick; sudo apt install \
            v4l2loopback-dkms linux-headers-6.1.0-13-amd64, then puppet setup camera
            """
        }
        #expect(refusal(played) == missing("call apps"))
        played.environment["XDG_RUNTIME_DIR"] = "/run/user/1000"
        (played.listening, played.files["/usr/bin/wireplumber"]) = (["/run/user/1000/pipewire-0"], "")
        #expect(
            refusal(played) == missing("apps that do not ask PipeWire")
                + "; or do without: browsers find puppet through PipeWire, without a module")

        var locked = PlayedSystem()
        locked.unloadModule()
        locked.bytes[PlayedSystem.secureBoot] = [6, 0, 0, 0, 1]
        #expect(refusal(locked)?.hasPrefix("secure boot: Secure Boot is on, and v4l2loopback is not signed") == true)
    }

    @Test func isTakenBack() {
        var played = PlayedSystem()
        #expect(CameraSetup.undoing(played.system).isEmpty, "what others have set up stays")
        (played.files[Self.options], played.files[Self.load]) = ("", "")
        #expect(
            CameraSetup.undoing(played.system) == ["modprobe -r v4l2loopback", "rm -f \(Self.options) \(Self.load)"])
        played.unloadModule()
        #expect(CameraSetup.undoing(played.system) == ["rm -f \(Self.options) \(Self.load)"])
    }
}

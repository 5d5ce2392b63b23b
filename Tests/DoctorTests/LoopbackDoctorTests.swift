import Testing

@testable import Doctor
@testable import System

@Suite("puppet doctor, virtual cameras")
struct LoopbackDoctorTests {
    private static let load = "sudo modprobe v4l2loopback exclusive_caps=1 video_nr=10 card_label=puppet"

    @Test func theModuleIsNotThere() {
        var played = PlayedSystem()
        played.unloadModule()
        #expect(played.finding("v4l2loopback")?.hasSuffix("; puppet setup camera") == true)
        #expect(played.finding("v4l2loopback")?.hasPrefix("note the module is not loaded") == true)
        played.files["/lib/modules/6.1.0-13-amd64/modules.dep"] = "kernel/a.ko.xz:\n"
        #expect(
            played.finding("v4l2loopback") == """
                note the module is not installed, so that call apps have no puppet to pick; sudo apt install \
                v4l2loopback-dkms linux-headers-6.1.0-13-amd64, then puppet setup camera
                """)
        var others = played
        others.environment["XDG_RUNTIME_DIR"] = "/run/user/1000"
        (others.listening, others.files["/usr/bin/wireplumber"]) = (["/run/user/1000/pipewire-0"], "")
        #expect(others.finding("v4l2loopback")?.contains("so that apps that do not ask PipeWire have no") == true)
        played.files["/usr/src/v4l2loopback-0.12.7"] = ""
        #expect(
            played.finding("v4l2loopback") == """
                note the module has not been built for this kernel, 6.1.0-13-amd64; sudo apt install \
                linux-headers-6.1.0-13-amd64 && sudo dkms autoinstall, then puppet setup camera
                """)
    }

    @Test func itsVersionSaysHowManyMayRead() {
        var played = PlayedSystem()
        for version in ["0.13.0", "0.13.2", "0.15", "1.0.1"] {
            played.files["/sys/module/v4l2loopback/version"] = version
            #expect(
                played.finding("v4l2loopback") == "ok version \(version); one program at a time can read a device")
        }
        played.files["/sys/module/v4l2loopback/version"] = nil
        #expect(played.finding("v4l2loopback") == "ok of a version that it does not tell")
        played.devices = [PlayedSystem.camera()]
        #expect(played.finding("v4l2loopback")?.hasPrefix("note the module is loaded, but has no devices") == true)
    }

    @Test func callAppsDoNotFindTheDevice() {
        var played = PlayedSystem()
        played.files["/sys/module/v4l2loopback/parameters/exclusive_caps"] = "N,N,N"
        #expect(
            played.finding("/dev/video10") == """
                problem without exclusive_caps Chrome and others do not take it for a camera; close what uses it, then: \
                sudo modprobe -r v4l2loopback && \(Self.load)
                """)
        played.files["/sys/module/v4l2loopback/parameters/exclusive_caps"] = "Y"
        played.files["/sys/module/v4l2loopback/parameters/video_nr"] = "99"
        played.devices = [PlayedSystem.loopback(99)]
        #expect(
            played.finding("/dev/video99")?.hasPrefix(
                "problem browsers look for cameras at /dev/video0 to 63 only; close") == true)
        #expect(played.finding("/dev/video99")?.hasSuffix(Self.load) == true, "with a number that they do look at")
    }

    @Test func exclusiveCapsGoByTheOrderOfDevices() {
        var played = PlayedSystem()
        // The second device asked for number 4; the first and third took what was free: 1 and 2.
        played.files["/sys/module/v4l2loopback/parameters/exclusive_caps"] = "Y,N,Y,N"
        played.files["/sys/module/v4l2loopback/parameters/video_nr"] = "-1,4,-1,-1"
        let module = LoopbackModule(played.system)
        #expect(module.exclusiveCaps(of: [4, 2, 1]) == [1: true, 4: false, 2: true])
        played.devices = [1, 2, 4].map { PlayedSystem.loopback($0) }
        #expect(played.finding("/dev/video1") == "ok virtual camera puppet, free")
        #expect(
            played.finding("/dev/video4")?.hasSuffix(
                "modprobe v4l2loopback exclusive_caps=1,1,1 video_nr=1,2,4 card_label=puppet") == true)
        played.files["/sys/module/v4l2loopback/parameters/exclusive_caps"] = nil
        #expect(LoopbackModule(played.system).exclusiveCaps(of: [1, 2]) == [:], "what is not known is no fault")
    }

    @Test func whoHasTheDevice() {
        var played = PlayedSystem()
        let (chrome, puppet) = (DeviceUser(process: 5, name: "chrome"), DeviceUser(process: 6, name: "puppet"))
        played.devices = [PlayedSystem.loopback(10, users: [chrome])]
        #expect(played.finding("/dev/video10")?.hasPrefix("note virtual camera puppet, open in chrome (5); if") == true)
        played.devices = [PlayedSystem.loopback(10, users: [chrome, puppet])]
        #expect(
            played.finding("/dev/video10") == "ok virtual camera puppet; puppet is sending to it, open in chrome (5)")
    }

    @Test func secureBoot() {
        var played = PlayedSystem()
        played.bytes[PlayedSystem.secureBoot] = [6, 0, 0, 0, 1]
        #expect(played.finding("secure boot") == "ok Secure Boot is on; v4l2loopback is loaded all the same")
        played.unloadModule()
        #expect(
            played.finding("secure boot") == """
                problem Secure Boot is on, and v4l2loopback is not signed: it cannot be loaded; sudo dpkg-reconfigure \
                v4l2loopback-dkms, which signs it; then sudo mokutil --import /var/lib/dkms/mok.pub, invent a password, \
                restart, and on the blue screen choose Enroll MOK, Continue, Yes and that password; then puppet setup camera
                """)
        played.files["/lib/modules/6.1.0-13-amd64/updates/dkms/v4l2loopback.ko"] = "code~Module signature appended~\n"
        played.files["/var/lib/shim-signed/mok/MOK.der"] = ""
        let signed = played.finding("secure boot")
        #expect(signed?.hasPrefix("note Secure Boot is on: v4l2loopback loads only if its key is known; where") == true)
        #expect(signed?.contains("--import /var/lib/shim-signed/mok/MOK.der") == true, "Ubuntu's key")
        played.files["/lib/modules/6.1.0-13-amd64/modules.dep"] = "updates/dkms/v4l2loopback.ko.xz:\n"
        #expect(played.finding("secure boot")?.hasPrefix("note ") == true, "what is packed is not looked into")
        played.files["/lib/modules/6.1.0-13-amd64/modules.dep"] = nil
        #expect(played.finding("secure boot")?.contains("once installed: sudo mokutil") == true)
    }

    @Test func lockdown() {
        var played = PlayedSystem()
        played.bytes[PlayedSystem.secureBoot] = [6, 0, 0, 0, 0]
        played.files["/sys/kernel/security/lockdown"] = "[none] integrity confidentiality\n"
        #expect(played.finding("secure boot") == "ok off: the kernel takes any module")
        played.files["/sys/kernel/security/lockdown"] = "none [integrity] confidentiality\n"
        played.unloadModule()
        #expect(
            played.finding("secure boot")?.hasPrefix("problem the kernel is locked down (integrity), and v4l2") == true)
    }
}

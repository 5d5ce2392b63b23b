import System

/// Whether PipeWire can offer puppet's camera, and whether browsers look for one there.
struct PipeWireCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        guard let socket = SocketAddress.pipeWire(system.environment), system.isListening(socket) else {
            guard system.program("pipewire") != nil else { return [] }
            return [
                .note(
                    "PipeWire", "it is installed and does not run: --output pipewire would wait for it",
                    remedy: "systemctl --user start pipewire wireplumber")
            ]
        }
        guard system.program("wireplumber") != nil || system.program("pipewire-media-session") != nil else {
            return [
                .note(
                    "PipeWire", "it runs without a session manager: nobody connects apps with --output pipewire",
                    remedy: "sudo apt install wireplumber")
            ]
        }
        let runs = Finding.ok("PipeWire", "it runs: --output pipewire is a camera without a kernel module")
        let browsers = Self.browsers.filter { $0.programs.contains { system.program($0) != nil } }
        return [runs] + browsers.map { $0.finding(system) } + (browsers.isEmpty ? [] : portal(system))
            + loopback(system)
    }

    /// Whether apps that ask PipeWire find puppet.
    static func offersCameras(_ system: DoctorSystem) -> Bool {
        PipeWireCheck().findings(system).contains { $0.state == .ok }
    }

    /// Browsers do not look for cameras of PipeWire unless they are told to.
    private struct Browser {
        let name: String
        let programs: [String]
        let remedy: String
        /// Files in which it is written, and what is written there.
        let settings: @Sendable (DoctorSystem) -> [String]
        let isOn: String

        func finding(_ system: DoctorSystem) -> Finding {
            settings(system).contains { system.text($0)?.contains(isOn) == true }
                ? .ok(name, "it looks for --output pipewire: that is switched on")
                : .note(name, "it finds --output pipewire only where that is switched on", remedy: remedy)
        }
    }

    private static func home(_ system: DoctorSystem) -> String { system.environment["HOME"] ?? "" }

    private func portal(_ system: DoctorSystem) -> [Finding] {
        guard !system.exists("/usr/share/dbus-1/services/org.freedesktop.portal.Desktop.service") else { return [] }
        return [
            .note(
                "xdg-desktop-portal", "browsers ask it for cameras of PipeWire, and it is not installed",
                remedy: "sudo apt install xdg-desktop-portal, and that of your desktop, such as xdg-desktop-portal-gtk")
        ]
    }

    private static let browsers = [
        Browser(
            name: "Chromium", programs: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
            remedy: "chrome://flags/#enable-webrtc-pipewire-camera, Enabled; or --enable-features=WebRtcPipeWireCamera",
            settings: { system in
                let folder = system.environment["XDG_CONFIG_HOME"] ?? "\(home(system))/.config"
                return ["chromium", "google-chrome"].map { "\(folder)/\($0)/Local State" }
            }, isOn: "\"enable-webrtc-pipewire-camera@1\""),
        Browser(
            name: "Firefox", programs: ["firefox", "firefox-esr"],
            remedy: "about:config, media.webrtc.camera.allow-pipewire, true",
            settings: { system in
                let folder = "\(home(system))/.mozilla/firefox"
                return system.entries(folder).flatMap { ["\(folder)/\($0)/user.js", "\(folder)/\($0)/prefs.js"] }
            }, isOn: "\"media.webrtc.camera.allow-pipewire\", true"),
    ]

    /// A Firefox that asks PipeWire may not find the module's devices.
    private func loopback(_ system: DoctorSystem) -> [Finding] {
        guard LoopbackModule(system).isLoaded else { return [] }
        return [
            .note(
                "v4l2loopback and PipeWire", "a browser that asks PipeWire for cameras may not list /dev/videoN",
                remedy: "use --output pipewire there, or switch it off: media.webrtc.camera.allow-pipewire, false")
        ]
    }
}

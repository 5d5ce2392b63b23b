/// Whether PipeWire can offer puppet's camera, and whether browsers look for one there.
struct PipeWireCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        guard let folder = system.environment["XDG_RUNTIME_DIR"], system.exists("\(folder)/pipewire-0") else {
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
        return [runs] + Self.browsers.filter { $0.programs.contains { system.program($0) != nil } }.map(\.finding)
            + loopback(system)
    }

    /// Browsers do not look for cameras of PipeWire unless they are told to. Whether they were is known to them alone.
    private struct Browser {
        let name: String
        let programs: [String]
        let remedy: String

        var finding: Finding {
            .note(name, "it finds --output pipewire only where that is switched on", remedy: remedy)
        }
    }

    private static let browsers = [
        Browser(
            name: "Chromium", programs: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
            remedy: "chrome://flags/#enable-webrtc-pipewire-camera, Enabled; or --enable-features=WebRtcPipeWireCamera"),
        Browser(
            name: "Firefox", programs: ["firefox", "firefox-esr"],
            remedy: "about:config, media.webrtc.camera.allow-pipewire, true"),
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

/// Browsers and call apps that run in a sandbox, which may keep cameras from them.
struct SandboxCheck: DoctorCheck {
    private static let snaps = ["firefox", "chromium", "brave", "zoom-client", "teams-for-linux", "discord"]
    private static let flatpaks = [
        "org.mozilla.firefox", "org.chromium.Chromium", "com.google.Chrome", "com.brave.Browser", "us.zoom.Zoom",
        "com.github.IsmaelMartinez.teams_for_linux", "com.discordapp.Discord",
    ]

    func findings(_ system: DoctorSystem) -> [Finding] {
        let snaps = Self.snaps.filter { system.exists("/snap/\($0)") }.map { name in
            Finding.note(
                name, "comes as a Snap, which has to be allowed to use cameras",
                remedy: "if it shows no cameras: sudo snap connect \(name):camera")
        }
        let folders = ["/var/lib", (system.environment["HOME"] ?? "") + "/.local/share"].map { $0 + "/flatpak/app" }
        let flatpaks = Self.flatpaks.filter { name in folders.contains { system.exists("\($0)/\(name)") } }.map {
            name in
            Finding.note(
                name, "comes as a Flatpak, which has to be allowed to use cameras",
                remedy: "if it shows no cameras: flatpak override --user --device=all \(name)")
        }
        return snaps + flatpaks
    }
}

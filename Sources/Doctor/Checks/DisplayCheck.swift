import SystemPackage

/// Whether a window can be opened.
struct DisplayCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        let displays = ["WAYLAND_DISPLAY", "DISPLAY"].compactMap { name in
            system.environment[name].flatMap { $0.isEmpty ? nil : "\(name)=\($0)" }
        }
        guard displays.isEmpty else { return .ok("display", displays.joined(separator: ", ")) }
        return .note(
            "display", "there is none, so that no window opens",
            remedy: "start puppet in a desktop session, or give an --output that is not window")
    }
}

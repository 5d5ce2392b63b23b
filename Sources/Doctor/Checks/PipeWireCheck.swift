/// Whether a browser may look for cameras through PipeWire, which does not show every virtual one.
struct PipeWireCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        guard let folder = system.environment["XDG_RUNTIME_DIR"], system.exists("\(folder)/pipewire-0"),
            LoopbackModule(system).isLoaded
        else { return nil }
        return .note(
            "PipeWire", "it runs; Firefox may ask it for cameras, and not every virtual one is among its own",
            remedy: "if Firefox does not list puppet: about:config, media.webrtc.camera.allow-pipewire, false")
    }
}

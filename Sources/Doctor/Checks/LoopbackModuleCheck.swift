/// Whether the module behind virtual cameras is there.
struct LoopbackModuleCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        let (name, module) = ("v4l2loopback", LoopbackModule(system))
        let effect =
            "so that \(PipeWireCheck.offersCameras(system) ? "apps that do not ask PipeWire" : "call apps") have no puppet to pick"
        guard module.isLoaded else {
            if module.file != nil {
                return .note(
                    name, "the module is not loaded, \(effect)",
                    remedy: LoopbackModule.setup)
            }
            let headers = "linux-headers-\(module.kernel)"
            if module.hasSource {
                return .note(
                    name, "the module has not been built for this kernel, \(module.kernel)",
                    remedy: "sudo apt install \(headers) && sudo dkms autoinstall, then \(LoopbackModule.setup)")
            }
            return .note(
                name, "the module is not installed, \(effect)",
                remedy: "sudo apt install v4l2loopback-dkms \(headers), then \(LoopbackModule.setup)")
        }
        guard system.devices.contains(where: { $0.kind == .loopback || $0.problem != nil }) else {
            return .note(
                name, "the module is loaded, but has no devices",
                remedy: LoopbackModule.setup)
        }
        let version = module.version.map { "version \($0)" } ?? "of a version that it does not tell"
        let readers = module.hasManyReaders.map { many in
            many ? "; several programs can read a device at once" : "; one program at a time can read a device"
        }
        return .ok(name, version + (readers ?? ""))
    }
}

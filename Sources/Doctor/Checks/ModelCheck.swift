import SystemPackage

/// Whether the default model can be read.
struct ModelCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        do {
            return .ok("model", "default, fingerprint \(try system.model())")
        } catch {
            return .problem("model", "the default model does not load: \(error)", remedy: "install puppet again")
        }
    }
}

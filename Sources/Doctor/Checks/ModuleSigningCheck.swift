/// Whether the kernel takes signed modules only, which the virtual cameras' module mostly is not.
struct ModuleSigningCheck: SingleCheck {
    private static let name = "secure boot"
    private static let variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    private static let lockdown = "/sys/kernel/security/lockdown"

    func finding(_ system: DoctorSystem) -> Finding? {
        let reasons = [
            // Four bytes of attributes, then the value.
            system.contents(Self.variable)?.dropFirst(4).first == 1 ? "Secure Boot is on" : nil,
            lockdown(system).map { "the kernel is locked down (\($0))" },
        ].compactMap { $0 }
        guard !reasons.isEmpty else { return .ok(Self.name, "off: the kernel takes any module") }
        let why = reasons.joined(separator: ", ")
        let module = LoopbackModule(system)
        if module.isLoaded { return .ok(Self.name, "\(why); v4l2loopback is loaded all the same") }
        let enroll = enrolling(system)
        guard module.file != nil else {
            return .note(Self.name, "\(why): the kernel takes signed modules only", remedy: "once installed: \(enroll)")
        }
        guard module.isSigned == false else {
            return .note(
                Self.name, "\(why): v4l2loopback loads only if its key is known",
                remedy: "where modprobe says 'Key was rejected by service': \(enroll)")
        }
        return .problem(
            Self.name, "\(why), and v4l2loopback is not signed: it cannot be loaded",
            remedy: "sudo dpkg-reconfigure v4l2loopback-dkms, which signs it; then \(enroll)")
    }

    /// - Returns: `nil` where there is no lockdown, or none can be seen.
    private func lockdown(_ system: DoctorSystem) -> String? {
        let words = system.text(Self.lockdown)?.split(separator: " ") ?? []  // [none] integrity confidentiality
        let chosen = words.first { $0.hasPrefix("[") && $0.hasSuffix("]") }.map { String($0.dropFirst().dropLast()) }
        return chosen == "none" ? nil : chosen
    }

    /// The steps that make the key known with which DKMS signs (machine owner key, MOK).
    private func enrolling(_ system: DoctorSystem) -> String {
        let ubuntu = "/var/lib/shim-signed/mok/MOK.der"
        let key = system.exists(ubuntu) ? ubuntu : "/var/lib/dkms/mok.pub"
        return """
            sudo mokutil --import \(key), invent a password, restart, and on the blue screen choose Enroll MOK, Continue, \
            Yes and that password; then \(LoopbackModule.setup)
            """
    }
}

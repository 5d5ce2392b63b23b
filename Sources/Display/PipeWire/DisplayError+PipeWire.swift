import CPipeWire

extension DisplayError {
    /// Why PipeWire does not offer `what` to other programs.
    ///
    /// - Parameters:
    ///   - subject: what its user calls it.
    ///   - what: for people, without an article.
    ///   - instead: what else its user may do, as the end of a sentence.
    ///   - reason: in the words of the system, ends with 0.
    init(
        pipeWire result: puppet_pipewire_opening, _ subject: String, _ what: String, instead: String, reason: [CChar]
    ) {
        let end = reason.firstIndex(of: 0) ?? 0
        let reason = String(decoding: reason[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
        self =
            switch result {
            case PUPPET_PIPEWIRE_LEFT_OUT:
                DisplayError(
                    .notSupported, subject, "this puppet was built without PipeWire",
                    hint: "build it where libpipewire-0.3-dev is installed, or \(instead)")
            case PUPPET_PIPEWIRE_NOT_INSTALLED:
                DisplayError(
                    .notSupported, subject, "PipeWire is not installed",
                    hint: "install pipewire and wireplumber, or \(instead)")
            case PUPPET_PIPEWIRE_NO_DAEMON:
                DisplayError(
                    .absent, subject, "PipeWire does not run (\(reason))",
                    hint: "the \(what) comes when it does: systemctl --user start pipewire wireplumber")
            default:
                DisplayError(
                    .cannotOpen, subject, "PipeWire offers no \(what) (\(reason))",
                    hint: "see its log: journalctl --user -u pipewire")
            }
    }
}

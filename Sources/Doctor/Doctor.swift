import System

/// `puppet doctor`: why a call app would not see the puppet, or why it is slow, and what to do.
package struct Doctor: Sendable {
    private let system: DoctorSystem
    private let checks: [any DoctorCheck] = [
        InstructionSetCheck(), CoresCheck(), ModelCheck(), CameraCheck(), LoopbackModuleCheck(), LoopbackDeviceCheck(),
        ModuleSigningCheck(), DisplayCheck(), FFmpegCheck(), DataFolderCheck(), SandboxCheck(), PipeWireCheck(),
    ]

    package init(_ system: DoctorSystem) { self.system = system }

    /// Looks at everything; changes nothing.
    ///
    /// - Parameter settings: why the user's settings cannot be read, which is for the program to say; `nil` where they can.
    package func examine(settings: PuppetError?) -> DoctorReport {
        let broken = settings.map { Finding.problem("settings", "\($0.subject): \($0.detail)", remedy: $0.hint ?? "") }
        return DoctorReport(checks: checks.flatMap { $0.findings(system) } + [broken].compactMap(\.self))
    }
}

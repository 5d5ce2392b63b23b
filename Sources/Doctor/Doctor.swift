/// `puppet doctor`: why a call app would not see the puppet, or why it is slow, and what to do.
package struct Doctor: Sendable {
    private let system: DoctorSystem
    private let checks: [any DoctorCheck] = [
        InstructionSetCheck(), CoresCheck(), ModelCheck(), CameraCheck(), LoopbackModuleCheck(), LoopbackDeviceCheck(),
        ModuleSigningCheck(), DisplayCheck(), FFmpegCheck(), DataFolderCheck(), SandboxCheck(), PipeWireCheck(),
    ]

    package init(_ system: DoctorSystem) { self.system = system }

    /// Looks at everything; changes nothing.
    package func examine() -> DoctorReport { DoctorReport(checks: checks.flatMap { $0.findings(system) }) }
}

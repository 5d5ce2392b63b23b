import Foundation

/// Which kernels compute, and whether the processor could do better.
struct InstructionSetCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        let name = "instruction set"
        let best = system.instructionSets.last ?? "portable"
        let flags = ProcessorInfo(system).flags
        let extensions = Self.extensions.filter { flags.contains($0.flag) }.map(\.name)
        let has = extensions.isEmpty ? "neither AVX2 nor AVX-512" : extensions.joined(separator: ", ")
        let detail = "\(best) is used; the processor has \(has)"
        guard best == "portable" else { return .ok(name, detail) }
        return .note(
            name, "\(detail), so that a picture takes several times as long",
            remedy: "in a virtual machine let it see the host's processor; else use a computer with AVX2")
    }

    private static let extensions = [
        (flag: "avx2", name: "AVX2"), (flag: "avx512f", name: "AVX-512"), (flag: "avx512_vnni", name: "AVX-512 VNNI"),
        (flag: "avx512_fp16", name: "AVX-512 FP16"),
    ]
}

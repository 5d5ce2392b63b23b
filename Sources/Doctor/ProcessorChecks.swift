import Foundation

/// Which kernels compute, and whether the processor could do better.
struct InstructionSetCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        let name = "instruction set"
        let best = system.instructionSets.last ?? "portable"
        let flags = ProcessorInfo(system).flags
        let extensions = Self.extensions.filter { flags.contains($0.flag) }.map(\.name)
        let has = extensions.isEmpty ? "neither AVX2 nor AVX-512" : extensions.joined(separator: ", ")
        let detail = "\(best) is used; the processor has \(has)"
        guard best == "portable" else { return [.ok(name, detail)] }
        return [
            .note(
                name, "\(detail), so that a picture takes several times as long",
                remedy: "in a virtual machine let it see the host's processor; else use a computer with AVX2")
        ]
    }

    private static let extensions = [
        (flag: "avx2", name: "AVX2"), (flag: "avx512f", name: "AVX-512"), (flag: "avx512_vnni", name: "AVX-512 VNNI"),
        (flag: "avx512_fp16", name: "AVX-512 FP16"),
    ]
}

/// How many threads the network gets, and whether other programs leave it any.
struct CoresCheck: DoctorCheck {
    func findings(_ system: DoctorSystem) -> [Finding] {
        let name = "cores"
        let cores = ProcessorInfo(system).cores.map { "\($0) cores, " } ?? ""
        let detail = "\(cores)\(system.processors) threads for the network"
        if system.processors < 2 {
            return [
                .note(
                    name, detail + ": one core makes few pictures a second",
                    remedy: "give the machine or container another one, or use --size 192 or less")
            ]
        }
        let load = system.text("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) } ?? 0
        guard load > Double(system.processors) else { return [.ok(name, detail)] }
        return [
            .note(
                name, "\(detail), but other programs keep them busy (load \(load))",
                remedy: "close what you do not need, or give puppet less to do with --size")
        ]
    }
}

/// What the kernel says of the processor.
private struct ProcessorInfo {
    /// Extensions, as the kernel names them; of the first processor.
    let flags: Set<String>
    /// Physical cores; `nil` where the kernel does not say.
    let cores: Int?

    init(_ system: DoctorSystem) {
        let lines = (system.text("/proc/cpuinfo") ?? "").split(separator: "\n").map { line in
            line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        func values(_ key: String) -> [String] { lines.filter { $0.count == 2 && $0[0] == key }.map { $0[1] } }
        flags = Set((values("flags").first ?? "").split(separator: " ").map { String($0) })
        let places = Set(zip(values("physical id"), values("core id")).map { "\($0) \($1)" })
        cores = places.isEmpty ? nil : places.count
    }
}

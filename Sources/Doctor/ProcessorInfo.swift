import Foundation

/// What the kernel says of the processor.
struct ProcessorInfo {
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

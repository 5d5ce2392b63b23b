import Foundation

/// How many threads the network gets, and whether other programs leave it any.
struct CoresCheck: SingleCheck {
    func finding(_ system: DoctorSystem) -> Finding? {
        let name = "cores"
        let cores = ProcessorInfo(system).cores.map { "\($0) cores, " } ?? ""
        let detail = "\(cores)\(system.processors) threads for the network"
        if system.processors < 2 {
            return .note(
                name, detail + ": one core makes few pictures a second",
                remedy: "give the machine or container another one, or use --size 192 or less")
        }
        let load = system.text("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) } ?? 0
        guard load > Double(system.processors) else { return .ok(name, detail) }
        return .note(
            name, "\(detail), but other programs keep them busy (load \(load))",
            remedy: "close what you do not need, or give puppet less to do with --size")
    }
}

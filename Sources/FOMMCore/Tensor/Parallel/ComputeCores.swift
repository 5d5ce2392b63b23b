import CFOMMKernels
import Foundation

/// The cores that this process may run on. Any queue.
public enum ComputeCores {
    /// How many there are, at least 1. Two threads of a core count as one: they would share its multipliers, of which one
    /// thread leaves nothing to spare.
    public static let count = count(of: processors, topology: "/sys/devices/system/cpu")

    /// - Parameters:
    ///   - processors: numbers of those that may be used, as the kernel counts them.
    ///   - topology: a folder with what the kernel says of each; where it says nothing, a processor is a core.
    static func count(of processors: [Int], topology: String) -> Int {
        let cores = processors.map { processor in
            let siblings = "\(topology)/cpu\(processor)/topology/thread_siblings_list"
            return (try? String(contentsOfFile: siblings, encoding: .utf8)) ?? "\(processor)"
        }
        return max(1, Set(cores).count)
    }

    private static var processors: [Int] {
        (0..<ProcessInfo.processInfo.processorCount).filter { puppet_may_run_on(Int32($0)) }
    }
}

import CFOMMKernels
import Dispatch

/// What the cores of this computer can do at most, the yardstick for layers.
public enum ComputePeak {
    /// Multiply-adds a second of float32 on `threads` threads, in the best of many short runs: it takes the system a while
    /// to give new threads cores of their own.
    public static func multiplyAddsPerSecond(_ instructionSet: InstructionSet, threads: Int) -> Double {
        let workspace = Workspace(WorkspaceLayout(), threads: threads, instructionSet: instructionSet)
        workspace.reserveScratch(floatsPerWorker: ChannelLayout.block)
        let rounds: Int64 = 20_000
        let items = 20 * threads
        let perItem = instructionSet.kernels.multiply_adds(1, workspace.scratch(ofWorker: 0)) * rounds
        let best = (0..<80).reduce(Double.infinity) { best, _ in
            let start = DispatchTime.now().uptimeNanoseconds
            workspace.forEach(items, (workspace, rounds)) { work, _, worker in
                _ = work.0.kernels.multiply_adds(work.1, work.0.scratch(ofWorker: worker))
            }
            return min(best, Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
        }
        return Double(perItem) * Double(items) / best
    }
}

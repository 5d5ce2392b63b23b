import Dispatch
import Glibc
import System

/// A wait that took too long.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String
}

/// Polls `condition` for `seconds`.
package func waitUntil(_ what: String, seconds: Double = 10, _ condition: () -> Bool) throws {
    let end = MonotonicTime.now.advanced(byNanoseconds: UInt64(seconds * 1e9))
    while !condition() {
        if MonotonicTime.now > end { throw NeverHappened(description: "waited \(seconds) s until \(what)") }
        usleep(1000)
    }
}

extension DispatchGroup {
    /// As `wait()`, for ten seconds at most.
    package func waitForEnd() throws {
        if wait(timeout: .now() + 10) == .timedOut { throw NeverHappened(description: "waited 10 s for a group") }
    }
}

extension ChildProcess {
    /// As ``wait()``; what takes longer than `seconds` is killed, which is its ending then.
    package func wait(seconds: Double) -> Ending {
        let watchdog = end(after: seconds)
        defer { watchdog.cancel() }
        return wait()
    }

    /// Kills the child and what it started after `seconds`, unless that is cancelled: whoever reads from it sees an end.
    package func end(after seconds: Double) -> DispatchWorkItem {
        let watchdog = DispatchWorkItem { [process] in kill(-process, SIGKILL) }
        DispatchQueue(label: "watchdog").asyncAfter(deadline: .now() + seconds, execute: watchdog)
        return watchdog
    }
}

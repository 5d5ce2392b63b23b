import Glibc
import Synchronization
import SystemPackage

/// Ends another queue's wait, once and for good. Any queue may call ``interrupt()``; one queue waits.
package final class Interrupter: Sendable {
    /// Readable from the interruption on: for `poll(2)` beside what is waited for.
    package var descriptor: CInt { pipe.reading.rawValue }
    private let pipe: PipeEnds
    private let interrupted = Atomic(false)

    package init() {
        do throws(Errno) {
            pipe = try PipeEnds()
        } catch {
            preconditionFailure("no descriptors are left: \(error)")
        }
    }

    package var isInterrupted: Bool { interrupted.load(ordering: .acquiring) }

    package func interrupt() {
        guard !interrupted.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        _ = write(pipe.writing.rawValue, &byte, 1)  // a pipe that nobody has written to takes one byte
    }

    /// Waits until the interruption, at most so long.
    package func wait(milliseconds: CInt) {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&request, 1, milliseconds)
    }
}

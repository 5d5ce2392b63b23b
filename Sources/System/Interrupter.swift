import Glibc
import Synchronization
import SystemPackage

/// Ends another queue's wait, once and for good. Any queue may call ``interrupt()``; one queue waits.
package final class Interrupter: Sendable {
    /// Readable from the interruption on: for `poll(2)` beside what is waited for.
    package var descriptor: CInt { read.rawValue }
    private let read: OwnedDescriptor
    private let write: OwnedDescriptor
    private let interrupted = Atomic(false)

    package init() {
        var ends: (CInt, CInt) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) { pipe($0.bindMemory(to: CInt.self).baseAddress!) }
        precondition(result == 0, "no descriptors are left: \(Errno(rawValue: errno))")
        for end in [ends.0, ends.1] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        read = OwnedDescriptor(taking: ends.0)
        write = OwnedDescriptor(taking: ends.1)
    }

    package var isInterrupted: Bool { interrupted.load(ordering: .acquiring) }

    package func interrupt() {
        guard !interrupted.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        _ = Glibc.write(write.rawValue, &byte, 1)  // a pipe that nobody has written to takes one byte
    }

    /// Waits until the interruption, at most so long.
    package func wait(milliseconds: CInt) {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&request, 1, milliseconds)
    }
}

import ArgumentParser
import Dispatch
import Glibc
import Synchronization
import System

/// SIGINT, SIGTERM and SIGHUP as a request to stop: files are finished or removed, the terminal is left as it was found.
///
/// Whoever can stop in order says so with ``onRequest(_:)``; before that, and at a second request, the process leaves at
/// once, without a trace of files that were being written.
final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)
    private let firstRequest = Mutex<MonotonicTime?>(nil)
    private let onRequest: Mutex<(@Sendable () -> Void)?> = Mutex(nil)
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []  // written by init alone

    init() {
        // A queue of their own: the global ones may be busy with what the first request has begun.
        let queue = DispatchQueue(label: "puppet.signals", qos: .userInteractive)
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [weak self] in self?.request() }
            source.activate()
            return source
        }
    }

    var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// - Parameter action: called on some queue at the first request, and must not block; the process then ends by itself.
    func onRequest(_ action: @escaping @Sendable () -> Void) {
        onRequest.withLock { $0 = action }
        if isRequested { action() }
    }

    /// Leaves at the first request with success, until somebody can stop in order: there is nothing yet to finish.
    func leaveQuietly() { onRequest { _exit(ExitCode.success.rawValue) } }

    /// Leaves with success in `milliseconds` if the process has not ended by itself: there is nothing to finish, and
    /// something hangs.
    func leaveQuietly(after milliseconds: Int) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
            _exit(ExitCode.success.rawValue)
        }
    }

    private func request() {
        let now = MonotonicTime.now
        let first = firstRequest.withLock { first in
            defer { first = first ?? now }
            return first
        }
        if let first {
            // Asked twice: something hangs, and whoever asks means it. But timeout(1) and others that pass a signal on send
            // it to us and to our group, which is one request.
            if now.milliseconds(since: first) >= Self.sameRequest { Self.leave() }
            return
        }
        requested.store(true, ordering: .relaxed)
        let action = onRequest.withLock { $0 }
        if let action { action() } else { Self.leave() }
    }

    /// Milliseconds.
    private static let sameRequest = 300.0

    /// Leaves at once, without a trace of files that were being written.
    ///
    /// - Parameter line: why, for the user.
    static func leave(saying line: String = "interrupted") {
        AtomicFile.removeAllTemporaries()
        if StandardError.isTerminal { StandardError.rewrite("") }
        StandardError.write("puppet: \(line)")
        _exit(ExitCode.failure.rawValue)
    }

    /// Waits for the end of the process, which another thread sees to.
    static func waitForEnd() -> Never {
        while true { pause() }
    }
}

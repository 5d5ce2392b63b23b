import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP as a request to stop: files are finished or removed, the terminal is left as it was found.
final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)
    private let onRequest: Mutex<(@Sendable () -> Void)?> = Mutex(nil)
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []  // written by init alone

    init() {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.request() }
            source.activate()
            return source
        }
    }

    var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// - Parameter action: called on some queue at the first request.
    func onRequest(_ action: @escaping @Sendable () -> Void) {
        onRequest.withLock { $0 = action }
        if isRequested { action() }
    }

    private func request() {
        guard !requested.exchange(true, ordering: .relaxed) else {
            // Asked twice: something hangs, and whoever asks means it.
            _exit(130)
        }
        onRequest.withLock { $0 }?()
    }
}

import Dispatch
import Glibc
import Synchronization
import System

/// Tells the service manager that has started the program how its run goes (systemd, sd_notify(3)). Any queue.
package final class ServiceManager: Sendable {
    private let socket: OwnedDescriptor
    /// Seconds in which it wants a sign of life; `nil` where it wants none.
    private let patience: Double?
    nonisolated(unsafe) private let timer: any DispatchSourceTimer  // libdispatch objects may be used anywhere
    private let look: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    /// - Parameters:
    ///   - environment: of the process.
    ///   - process: its number.
    /// - Returns: `nil` where no service manager wants to be told.
    package init?(environment: [String: String], process: Int32 = getpid()) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
            let socket = SocketAddress(path)?.connected(SOCK_DGRAM)
        else { return nil }
        self.socket = socket
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        patience = isOurs ? environment["WATCHDOG_USEC"].flatMap(Double.init).map { $0 / 1e6 } : nil
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "puppet.service"))
        timer.setEventHandler { [weak self] in self?.look.withLock { $0 }?() }
        timer.activate()
    }

    deinit { timer.cancel() }

    /// The run is ready, and gives signs of life from now on.
    ///
    /// - Parameter prove: calls what it is given once the run has proved that it goes on, from any queue.
    func begin(_ prove: @escaping @Sendable (_ proved: @escaping @Sendable () -> Void) -> Void) {
        tell("READY=1")
        guard let patience else { return }
        let sign: @Sendable () -> Void = { [weak self] in self?.tell("WATCHDOG=1") }
        look.withLock { $0 = { prove(sign) } }
        timer.schedule(deadline: .now(), repeating: patience / 2)
    }

    /// What it shows of the run to people.
    func say(_ status: String) { tell("STATUS=\(status)") }

    /// The run ends, which takes as long as it takes.
    func end() {
        tell("STOPPING=1")
        timer.schedule(deadline: .distantFuture)
    }

    /// A manager that does not listen is nothing to fail for.
    private func tell(_ state: String) {
        _ = state.withCString { send(socket.rawValue, $0, strlen($0), CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)) }
    }
}

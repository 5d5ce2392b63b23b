import Dispatch
import Glibc
import Synchronization
import System

/// Tells the service manager that has started the program how its run goes (systemd, sd_notify(3)). Any queue.
package final class ServiceManager: Sendable {
    /// Ours alone.
    private let descriptor: CInt
    /// Seconds in which it wants a sign of life; `nil` where it wants none.
    private let patience: Double?
    nonisolated(unsafe) private let timer: any DispatchSourceTimer  // libdispatch objects may be used anywhere
    private let look: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    /// - Parameters:
    ///   - environment: of the process.
    ///   - process: its number.
    /// - Returns: `nil` where no service manager wants to be told.
    package init?(environment: [String: String], process: Int32 = getpid()) {
        guard let path = environment["NOTIFY_SOCKET"], let socket = Self.open(path) else { return nil }
        descriptor = socket
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        patience = isOurs ? environment["WATCHDOG_USEC"].flatMap(Double.init).map { $0 / 1e6 } : nil
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "puppet.service"))
        timer.setEventHandler { [weak self] in self?.look.withLock { $0 }?() }
        timer.activate()
    }

    deinit {
        timer.cancel()
        close(descriptor)
    }

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
        _ = state.withCString { send(descriptor, $0, strlen($0), CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)) }
    }

    /// - Parameter path: of a socket; one that begins with `@` is of the abstract kind.
    private static func open(_ path: String) -> CInt? {
        guard path.hasPrefix("/") || path.hasPrefix("@"), var address = ControlSocket.address(path) else { return nil }
        var length = MemoryLayout<sockaddr_un>.size
        if path.hasPrefix("@") {
            address.sun_path.0 = 0
            // Such a name has no end of its own.
            length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + path.utf8.count
        }
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        guard address.withPointer({ pointer, _ in connect(descriptor, pointer, socklen_t(length)) }) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

import CV4L2
import Glibc
import System

/// What a loopback camera asks of the kernel; tests play it. Calls fail as in C: a negative result, and `errno`.
public struct LoopbackSystem: Sendable {
    /// Opens a device for reading and writing, without ever waiting for it.
    public var open: @Sendable (_ path: String) -> CInt
    /// Paths of the loopback cameras that are there, by number.
    public var devices: @Sendable () -> [String]
    public var ioctl: @Sendable (_ descriptor: CInt, _ request: UInt, _ argument: UnsafeMutableRawPointer) -> CInt
    public var write: @Sendable (_ descriptor: CInt, _ bytes: UnsafeRawPointer, _ count: Int) -> Int
    public var close: @Sendable (_ descriptor: CInt) -> Void
    public var now: @Sendable () -> MonotonicTime
    /// Other programs that have the device open, as "name (process number)"; those that may not be looked into are
    /// left out.
    public var holders: @Sendable (_ path: String) -> [String]
    /// Begins to take note of who opens and closes the device; `-1` where the system cannot. Ended by ``close``.
    public var watch: @Sendable (_ path: String) -> CInt
    /// The newest of what happened since the last call; `nil` where nothing did. Never waits.
    public var traffic: @Sendable (_ watch: CInt) -> Traffic?

    /// What somebody has done with a device since it was last asked.
    public enum Traffic: Sendable {
        case opened, closed
    }

    /// The kernel itself.
    public static let live = LoopbackSystem(
        open: { Glibc.open($0, O_RDWR | O_NONBLOCK | O_CLOEXEC) },
        devices: { loopbackDevices() },
        ioctl: { puppet_kernel_ioctl($0, $1, $2) },
        write: { Glibc.write($0, $1, $2) },
        close: { _ = Glibc.close($0) },
        now: { .now },
        holders: { path in
            DeviceUsers().of(path).filter { $0.process != getpid() }.map(\.description)
        },
        watch: { path in
            let watch = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
            guard watch >= 0 else { return -1 }
            if inotify_add_watch(watch, path, UInt32(IN_OPEN | IN_CLOSE)) >= 0 { return watch }
            _ = Glibc.close(watch)
            return -1
        },
        traffic: { watch in
            // The watch is on one file, so that no event carries a name.
            withUnsafeTemporaryAllocation(of: inotify_event.self, capacity: 64) { events in
                var newest: Traffic?
                while case let count = Glibc.read(
                    watch, events.baseAddress!, events.count * MemoryLayout<inotify_event>.stride),
                    count >= MemoryLayout<inotify_event>.stride
                {
                    let last = events[count / MemoryLayout<inotify_event>.stride - 1]
                    newest = last.mask & UInt32(IN_OPEN) != 0 ? .opened : .closed
                }
                return newest
            }
        })
}

/// The module alone gives its devices a number of openers.
private func loopbackDevices() -> [String] {
    let folder = "/sys/devices/virtual/video4linux"
    let numbers = folderEntries(folder).compactMap { name -> Int? in
        guard name.hasPrefix("video"), access("\(folder)/\(name)/max_openers", F_OK) == 0 else { return nil }
        return Int(name.dropFirst("video".count))
    }
    return numbers.sorted().map { "/dev/video\($0)" }
}

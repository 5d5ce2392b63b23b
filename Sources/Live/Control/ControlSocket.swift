import Foundation
import Glibc
import System
import SystemPackage

/// Where a running puppet listens for `puppet ctl`: a socket per process, in a folder that only its user can enter.
package struct ControlSocket: Sendable {
    /// Of a command or an answer.
    static let mostBytes = 4096

    /// The folder of sockets.
    package let folder: String

    /// - Parameter environment: of the process; `XDG_RUNTIME_DIR` is read. Without it a folder in /tmp is used.
    package init(environment: [String: String]) {
        let runtime = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        folder = runtime.map { $0 + "/puppet" } ?? "/tmp/puppet-\(getuid())"
    }

    func path(of process: Int32) -> String { "\(folder)/\(process).socket" }

    /// Processes that have a socket, by number; one that was killed left its behind.
    package var processes: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            Int32(name.prefix { $0 != "." }).flatMap { $0 > 0 && name == "\($0).socket" ? $0 : nil }
        }.sorted()
    }

    /// Makes the folder; refuses one that others could put sockets into.
    ///
    /// - Throws: ``PuppetError`` `.noControl`.
    func makeFolder() throws(PuppetError) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw failure("cannot be made", Errno(rawValue: errno)) }
        try checkFolder()
    }

    /// Refuses a folder that others could put sockets into: who listens there might answer "ok" and do nothing.
    ///
    /// - Throws: ``PuppetError`` `.noControl`, also where there is no folder.
    func checkFolder() throws(PuppetError) {
        var status = stat()
        guard lstat(folder, &status) == 0 else { throw failure("cannot be entered", Errno(rawValue: errno)) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o077 == 0 else {
            throw PuppetError(
                .noControl, folder, "is not a folder of yours alone", hint: "remove it, or set XDG_RUNTIME_DIR")
        }
    }

    private func failure(_ what: String, _ reason: Errno) -> PuppetError {
        PuppetError(.noControl, folder, "\(what): \(reason)", hint: "set XDG_RUNTIME_DIR to a folder of yours")
    }

    /// - Returns: a connection to a process; `nil` where it does not listen.
    func connect(to process: Int32) -> OwnedDescriptor? {
        guard let connection = SocketAddress(path(of: process))?.connected(SOCK_STREAM),
            Self.isOurs(connection.rawValue)
        else { return nil }
        return connection
    }

    /// Whether whoever is at the other end is this user, or root.
    static func isOurs(_ descriptor: CInt) -> Bool {
        // struct ucred: process, user, group.
        var peer: (Int32, UInt32, UInt32) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else { return false }
        return peer.1 == getuid() || peer.1 == 0
    }

    /// What has come of a line so far.
    enum Gathered {
        case more
        /// Up to a newline or the end.
        case line(String)
        /// None, or one that is longer than a command.
        case nothing
    }

    /// Takes what has come of a line, without waiting for the rest.
    ///
    /// - Parameter bytes: what came before, and now also this.
    static func gather(_ bytes: inout [UInt8], from descriptor: CInt) -> Gathered {
        while true {
            let known = bytes.count
            let (count, failure) = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: mostBytes) { buffer in
                let count = recv(descriptor, buffer.baseAddress, mostBytes - known, CInt(MSG_DONTWAIT))
                let failure = errno
                bytes += buffer.prefix(max(0, count))
                return (count, failure)
            }
            if count < 0, failure == EINTR { continue }
            if count < 0, failure == EAGAIN { return .more }
            if let end = bytes[known...].firstIndex(of: UInt8(ascii: "\n")) {
                return .line(String(decoding: bytes[..<end], as: UTF8.self))
            }
            guard count > 0 else { return bytes.isEmpty ? .nothing : .line(String(decoding: bytes, as: UTF8.self)) }
            guard bytes.count < mostBytes else { return .nothing }
        }
    }

    /// Reads up to a newline or the end; what is longer than a command is not read on.
    ///
    /// - Parameter seconds: the whole line has to come within.
    /// - Returns: `nil` for a line that did not, or for none.
    static func readLine(_ descriptor: CInt, seconds: Double) -> String? {
        let started = MonotonicTime.now
        var bytes: [UInt8] = []
        while true {
            let left = 1000 * seconds - MonotonicTime.now.milliseconds(since: started)
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0 else { return nil }
            let events = poll(&ready, 1, CInt(left.rounded(.up)))
            if events < 0, errno == EINTR { continue }
            guard events > 0 else { return nil }
            switch gather(&bytes, from: descriptor) {
            case .more: continue
            case .line(let line): return line
            case .nothing: return nil
            }
        }
    }

    /// An answer fits what a socket holds, so that nobody waits.
    static func writeLine(_ line: String, _ descriptor: CInt) {
        let bytes = [UInt8]((line.replacing("\n", with: " ") + "\n").utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
        }
    }

    /// Nobody waits longer than that for the other side to take what is sent.
    static func limitSending(_ descriptor: CInt, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}

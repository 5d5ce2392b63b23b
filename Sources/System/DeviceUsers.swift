import Glibc

/// Finds who has a device open, by what the descriptors of all processes lead to: for messages. Other users' processes
/// can be looked into by root alone; they are passed over.
package struct DeviceUsers {
    private let users: [dev_t: [DeviceUser]]

    /// Looks once at every process.
    ///
    /// - Parameter processes: another folder than the kernel's, for a test.
    package init(processes: String = "/proc") {
        var users: [dev_t: [DeviceUser]] = [:]
        for process in folderEntries(processes).compactMap({ Int($0) }).sorted() {
            let folder = "\(processes)/\(process)"
            let links = folderEntries("\(folder)/fd").map { "\(folder)/fd/\($0)" }
            let devices = Set(links.filter(Self.mayLeadToDevice).compactMap(Self.number))
            guard !devices.isEmpty else { continue }
            let user = DeviceUser(process: process, name: Self.name(folder) ?? "a program")
            for device in devices { users[device, default: []].append(user) }
        }
        self.users = users
    }

    /// By process number, our own too.
    ///
    /// - Parameter path: a device, or a link to one.
    package func of(_ path: String) -> [DeviceUser] { Self.number(path).flatMap { users[$0] } ?? [] }

    /// Links are read before they are followed: behind one may be a network drive that does not answer. What a program
    /// in a sandbox has open is shown without the `/dev`, or as `/` alone, as that is where its own is mounted.
    private static func mayLeadToDevice(_ link: String) -> Bool {
        guard let target = linkTarget(link), target.hasPrefix("/") else { return false }
        return target.hasPrefix("/dev/") || !target.dropFirst().contains("/")
    }

    /// - Returns: `nil` for what is no character device.
    private static func number(_ path: String) -> dev_t? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return nil }
        return status.st_rdev
    }

    private static func name(_ folder: String) -> String? {
        guard let file = try? OwnedDescriptor(reading: "\(folder)/comm") else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            guard let count = try? readAll(into: bytes, from: file.rawValue), count > 1 else { return nil }
            return String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
    }
}

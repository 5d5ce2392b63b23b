import Frames
import Glibc
import SystemPackage

/// A process that has a device open.
package struct DeviceUser: Hashable, Sendable, Encodable {
    package let process: Int
    /// The program, as the kernel cuts it to 15 letters.
    package let name: String
}

/// Finds who has a device open, by what the descriptors of all processes lead to. Other users' processes can be looked
/// into by root alone; they are passed over.
struct DeviceUsers {
    private let users: [String: [DeviceUser]]

    /// Looks once at every process.
    ///
    /// - Parameter processes: mostly `/proc`.
    init(processes: String) {
        var users: [String: [DeviceUser]] = [:]
        for process in folderEntries(processes).compactMap({ Int($0) }).sorted() {
            let folder = "\(processes)/\(process)"
            // Links are read and not followed: behind one may be a network drive that does not answer.
            let targets = Set(folderEntries("\(folder)/fd").compactMap { linkTarget("\(folder)/fd/\($0)") })
            let devices = targets.filter { $0.hasPrefix("/dev/") }
            guard !devices.isEmpty else { continue }
            let user = DeviceUser(process: process, name: Self.name(folder) ?? "a program")
            for device in devices { users[device, default: []].append(user) }
        }
        self.users = users
    }

    /// - Parameter path: a device, or a link to one.
    func of(_ path: String) -> [DeviceUser] { users[resolved(path)] ?? [] }

    private static func name(_ folder: String) -> String? {
        guard let file = try? OwnedDescriptor(reading: "\(folder)/comm") else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            guard let count = try? readAll(into: bytes, from: file.rawValue), count > 1 else { return nil }
            return String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
    }
}

/// Names in a folder but those that start with a dot; none where it cannot be read.
func folderEntries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name)!
    while let entry = readdir(folder) {
        let name = String(cString: (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self))
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names
}

/// What a symbolic link says, as it stands; `nil` for anything else.
func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { bytes in
        let count = readlink(path, bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// The path with every link followed; as it stands where that fails.
func resolved(_ path: String) -> String {
    guard let memory = realpath(path, nil) else { return path }
    defer { free(memory) }
    return String(cString: memory)
}

import Glibc

/// Who has a device open, read from /proc: for messages only. Without root that shows the user's own programs.
enum DeviceHolders {
    /// - Returns: "name (process number)" of every other process that has `device` open, by process number.
    @Sendable static func find(_ device: String) -> [String] {
        var wanted = stat()
        guard stat(device, &wanted) == 0, wanted.st_mode & S_IFMT == S_IFCHR else { return [] }
        let others = names(in: "/proc").compactMap { Int32($0) }.filter { $0 != getpid() }.sorted()
        return others.filter { process in
            let folder = "/proc/\(process)/fd"
            return names(in: folder).contains { name in
                var status = stat()
                return stat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
                    && status.st_rdev == wanted.st_rdev
            }
        }.map { "\(programName($0)) (\($0))" }
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func programName(_ process: Int32) -> String {
        guard let file = fopen("/proc/\(process)/comm", "re") else { return "a program" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, CInt(line.count), file) != nil else { return "a program" }
        let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import Glibc
import SystemPackage

/// A file's bytes, mapped read-only, or bytes that are part of the binary.
///
/// `@unchecked Sendable` holds because nothing writes to the memory, and it stays until `deinit`.
public final class MappedFile: @unchecked Sendable {
    /// What to call it in a message: the path.
    public let name: String
    public let bytes: UnsafeRawBufferPointer
    private let origin: Origin

    private enum Origin {
        case mapping, section, memory
    }

    /// Bytes that are part of the binary.
    public init(name: String, embedded bytes: UnsafeRawBufferPointer) {
        self.name = name
        self.bytes = bytes
        origin = .section
    }

    /// Bytes in somebody's memory, which outlives the value.
    public init(name: String, borrowing bytes: UnsafeRawBufferPointer) {
        self.name = name
        self.bytes = bytes
        origin = .memory
    }

    /// Tells files apart.
    public var fingerprint: String {
        var fingerprint = Fingerprint()
        fingerprint.add(bytes)
        return fingerprint.text
    }

    /// - Throws: ``WeightError`` `.cannotOpen` where there is no such file, it cannot be read, or it is not a file.
    public init(path: String) throws(WeightError) {
        func failure() -> WeightError {
            WeightError(.cannotOpen, file: path, "cannot read the model: \(Errno(rawValue: errno))")
        }
        let descriptor = path.withFileName { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw WeightError(
                .cannotOpen, file: path, "a folder, not a file",
                hint: "give a .safetensors model, or a .pth.tar as it was downloaded, not unpacked")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw WeightError(.cannotOpen, file: path, "not a file", hint: "give a .safetensors model")
        }
        guard status.st_size > 0 else {
            throw WeightError(.damaged, file: path, "the file is empty", hint: "copy or download the model again")
        }
        guard let start = mmap(nil, status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw failure()
        }
        name = path
        bytes = UnsafeRawBufferPointer(start: start, count: status.st_size)
        origin = .mapping
    }

    deinit {
        if origin == .mapping { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count) }
    }

    /// Tells the kernel that `range` will not be read again soon, so that a large model's file and its packed form need
    /// not both be in memory.
    public func finishedReading(_ range: Range<Int>) {
        guard origin != .memory else { return }  // the kernel could not read that again: it would be zeros
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let address = Int(bitPattern: bytes.baseAddress!)
        let first = (address + range.lowerBound + page - 1) / page * page
        let end = (address + range.upperBound) / page * page
        if first < end { madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_DONTNEED) }
    }
}

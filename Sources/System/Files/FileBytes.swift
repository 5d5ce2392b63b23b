import Glibc
import SystemPackage

/// The bytes of a whole file, in memory that is freed with the value.
///
/// Read rather than mapped: a file that another program cuts short would otherwise kill us with SIGBUS.
public struct FileBytes: ~Copyable {
    private let bytes: UnsafeRawBufferPointer

    /// Reads all of `path`, which may also be a FIFO or a device.
    ///
    /// - Parameter limit: the most bytes to accept.
    /// - Throws: `.cannotOpen` for a missing or unreadable file and for a folder, `.tooLarge` beyond the limit.
    public init(path: String, limit: Int) throws(FrameError) {
        do throws(Errno) {
            let file = try OwnedDescriptor(reading: path)
            let status = try file.status()
            guard FileKind(status) != .folder else { throw Errno.isDirectory }
            guard let bytes = try Self.read(file, expecting: Int(status.st_size), limit: limit) else {
                throw Errno.fileTooLarge
            }
            self.bytes = bytes
        } catch .isDirectory {
            throw FrameError(.cannotOpen, path, "it is a folder", hint: "give a PNG or JPEG picture")
        } catch .fileTooLarge {
            let megabytes = limit / 1_000_000
            throw FrameError(
                .tooLarge, path, "the file is larger than \(megabytes) MB", hint: "give a smaller picture")
        } catch .noSuchFileOrDirectory {
            throw FrameError(.cannotOpen, path, "there is no such file", hint: "check the path")
        } catch {
            throw FrameError(
                .cannotOpen, path, "cannot read the file", hint: "check its permissions", underlying: error)
        }
    }

    deinit { bytes.deallocate() }

    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }

    /// Reads its first bytes, `count` at most. Not of a FIFO or a device, which would miss them afterwards.
    ///
    /// - Throws: an error of the system.
    public init(startOf path: String, count: Int) throws(Errno) {
        guard try FileKind(path: path) == .regular else { throw Errno.notSupported }
        let file = try OwnedDescriptor(reading: path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        do throws(Errno) {
            let filled = try readAll(into: buffer, from: file.rawValue)
            bytes = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
        } catch {
            buffer.deallocate()
            throw error
        }
    }

    /// - Returns: `nil` if there are more than `limit` bytes.
    private static func read(
        _ file: borrowing OwnedDescriptor, expecting expected: Int, limit: Int
    ) throws(Errno) -> UnsafeRawBufferPointer? {
        guard expected <= limit else { return nil }
        // One byte more than expected, so that the end of the input is seen without growing.
        var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(expected + 1, 1 << 16), alignment: 16)
        var filled = 0
        do throws(Errno) {
            while true {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                filled += try readAll(into: rest, from: file.rawValue)
                if filled < buffer.count { break }
                guard filled <= limit else {
                    buffer.deallocate()
                    return nil
                }
                let larger = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: min(buffer.count * 2, limit + 1), alignment: 16)
                larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
                buffer.deallocate()
                buffer = larger
            }
        } catch {
            buffer.deallocate()
            throw error
        }
        return UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    }
}

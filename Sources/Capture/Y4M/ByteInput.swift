import Glibc
import System
import SystemPackage

/// Lines and blocks of bytes from a file or a pipe, buffered. One queue owns a value.
final class ByteInput {
    let name: String
    private let descriptor: CInt
    private let owned: OwnedDescriptor?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var unread = 0..<0

    /// Opens a file, a FIFO or a device.
    init(path: String) throws(CaptureError) {
        name = path
        do throws(Errno) {
            let file = try OwnedDescriptor(reading: path)
            descriptor = file.rawValue
            owned = .some(consume file)
        } catch {
            let hint = error == .noSuchFileOrDirectory ? "check the path" : "check its permissions"
            throw CaptureError(.cannotOpen, path, "cannot open it", hint: hint, underlying: error)
        }
    }

    /// - Parameter descriptor: stays open when the value ends; somebody else owns it.
    init(borrowing descriptor: CInt, name: String) {
        self.name = name
        self.descriptor = descriptor
        owned = nil
    }

    deinit { buffer.deallocate() }

    /// How many bytes remain, where that can be known: in a regular file, not in a pipe.
    var remaining: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let position = lseek(descriptor, 0, SEEK_CUR)
        return position < 0 ? nil : max(0, Int(status.st_size) - position) + unread.count
    }

    /// The next bytes without taking them; fewer than `count` at the end of the input.
    ///
    /// - Parameter count: at most 64 KiB.
    /// - Returns: valid until the next call.
    func peek(_ count: Int) throws(CaptureError) -> UnsafeRawBufferPointer {
        if unread.count < count {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread]))
            unread = 0..<unread.count
            let free = UnsafeMutableRawBufferPointer(rebasing: buffer[unread.upperBound...])
            unread = 0..<(unread.count + (try fill(free, atLeast: count - unread.count)))
        }
        return UnsafeRawBufferPointer(rebasing: buffer[unread].prefix(count))
    }

    /// Takes the bytes up to the next line feed, and the line feed.
    ///
    /// - Parameter limit: the most bytes to look at, at most 64 KiB.
    /// - Returns: the line without its line feed, valid until the next call; `nil` if there is none within the limit or
    ///   before the end of the input, and then nothing is taken.
    func line(limit: Int) throws(CaptureError) -> UnsafeRawBufferPointer? {
        var wanted = 1
        while wanted <= limit {
            let available = try peek(wanted)
            guard available.count == wanted else { return nil }
            // A pipe may hold less than `limit`: ask only for what is not there yet, and look at all that came.
            let searched = UnsafeRawBufferPointer(rebasing: buffer[unread].prefix(limit))
            if let end = searched.firstIndex(of: UInt8(ascii: "\n")) {
                let line = UnsafeRawBufferPointer(rebasing: searched[..<end])
                unread = (unread.lowerBound + end + 1)..<unread.upperBound
                return line
            }
            wanted = searched.count + 1
        }
        return nil
    }

    /// Takes bytes until `block` is full.
    ///
    /// - Returns: bytes taken; fewer than asked for only at the end of the input.
    func read(into block: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int {
        let buffered = UnsafeRawBufferPointer(rebasing: buffer[unread].prefix(block.count))
        block.copyMemory(from: buffered)
        unread = (unread.lowerBound + buffered.count)..<unread.upperBound
        let rest = UnsafeMutableRawBufferPointer(rebasing: block[buffered.count...])
        return buffered.count + (try fill(rest, atLeast: rest.count))
    }

    private func fill(_ memory: UnsafeMutableRawBufferPointer, atLeast minimum: Int) throws(CaptureError) -> Int {
        try CaptureError.explaining(
            try readAll(into: memory, from: descriptor, atLeast: minimum), .cannotRead, name, "cannot read it")
    }
}

import Glibc
import SystemPackage

/// Runs a C call that returns a negative number on failure, again for as long as a signal interrupts it.
///
/// - Throws: the call's `errno`.
package func systemCall<Value: SignedInteger>(_ call: () -> Value) throws(Errno) -> Value {
    while true {
        let result = call()
        if result >= 0 { return result }
        let reason = Errno(rawValue: errno)  // first: anything run in between may overwrite it
        guard reason == .interrupted else { throw reason }
    }
}

/// `write(2)`, or what a test puts in its place: descriptor, bytes, count; returns the count written or -1 and `errno`.
package typealias WriteCall = (CInt, UnsafeRawPointer, Int) -> Int

/// Writes every byte, however often the kernel takes only some of them. Blocks also on a non-blocking descriptor.
///
/// - Throws: the `errno` of the write that failed; bytes before it have been written.
package func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: CInt, using write: WriteCall = { Glibc.write($0, $1, $2) }
) throws(Errno) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
        do throws(Errno) {
            let written = try systemCall { write(descriptor, start, rest.count) }
            guard written > 0 else { throw Errno.ioError }  // never seen; without it a broken device would spin here
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        } catch .resourceTemporarilyUnavailable {
            try waitUntilReady(descriptor, for: POLLOUT)
        }
    }
}

/// Reads until `buffer` is full or the input ends. Blocks also on a non-blocking descriptor.
///
/// - Parameter minimum: stops once this many bytes are there; by default `buffer` is filled.
/// - Returns: bytes read; fewer than asked for only at the end of the input.
/// - Throws: the `errno` of the read that failed.
package func readAll(
    into buffer: UnsafeMutableRawBufferPointer, from descriptor: CInt, atLeast minimum: Int? = nil
) throws(Errno) -> Int {
    let wanted = min(minimum ?? buffer.count, buffer.count)
    var filled = 0
    while filled < wanted, let start = buffer.baseAddress {
        do throws(Errno) {
            let count = try systemCall { read(descriptor, start + filled, buffer.count - filled) }
            if count == 0 { break }
            filled += count
        } catch .resourceTemporarilyUnavailable {
            try waitUntilReady(descriptor, for: POLLIN)
        }
    }
    return filled
}

/// All that comes before the input ends. Blocks also on a non-blocking descriptor.
///
/// - Parameter limit: the most bytes to accept.
/// - Throws: the `errno` of the read that failed, `.fileTooLarge` beyond the limit.
package func readToEnd(of descriptor: CInt, limit: Int) throws(Errno) -> [UInt8] {
    var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
        let result = chunk.withUnsafeMutableBytes { chunk in
            Result { () throws(Errno) in try readAll(into: chunk, from: descriptor) }
        }
        let count = try result.get()
        bytes += chunk[..<count]
        guard bytes.count <= limit else { throw .fileTooLarge }
        if count < chunk.count { return bytes }
    }
}

private func waitUntilReady(_ descriptor: CInt, for events: CInt) throws(Errno) {
    var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    _ = try systemCall { poll(&request, 1, -1) }
}

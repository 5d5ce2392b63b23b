import Glibc
import SystemPackage

/// An open file descriptor, closed when the value ends.
package struct OwnedDescriptor: ~Copyable, Sendable {
    package let rawValue: CInt

    /// Opens `path` for reading.
    package init(reading path: String) throws(Errno) {
        rawValue = try systemCall { path.withFileName { open($0, O_RDONLY | O_CLOEXEC) } }
    }

    /// Takes over a descriptor that nobody else will close.
    package init(taking descriptor: CInt) { rawValue = descriptor }

    deinit { close(rawValue) }

    /// Ends the value without closing: the caller owns the descriptor now.
    package consuming func release() -> CInt {
        let descriptor = rawValue
        discard self
        return descriptor
    }

    package func status() throws(Errno) -> stat {
        var status = stat()
        _ = try systemCall { fstat(rawValue, &status) }
        return status
    }
}

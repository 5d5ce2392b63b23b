import Glibc
import Testing

/// A terminal that nobody sits at.
final class Terminal {
    private let outer: CInt
    /// What a program gets as its terminal.
    let inner: CInt

    init() throws {
        // What posix_openpt() and its kin do, which Swift does not see.
        let (unlock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))  // TIOCSPTLCK, TIOCGPTN
        var (locked, number) = (CInt(0), CInt(0))
        outer = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        try #require(outer >= 0 && ioctl(outer, unlock, &locked) == 0 && ioctl(outer, getNumber, &number) == 0)
        inner = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(inner >= 0)
    }

    deinit {
        close(inner)
        close(outer)
    }

    /// What somebody types.
    func type(_ text: String) { _ = text.withCString { write(outer, $0, strlen($0)) } }

    /// Input, output, control and local modes.
    var attributes: [UInt32] {
        var settings = termios()
        tcgetattr(inner, &settings)
        return [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag]
    }

    /// What has been written to it since the last call.
    var shown: String {
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
        while case let count = read(outer, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import Glibc
import SystemPackage

/// Both ends of a pipe, closed when the value ends unless taken.
struct PipeEnds: ~Copyable, Sendable {
    let reading: OwnedDescriptor
    let writing: OwnedDescriptor

    init() throws(Errno) {
        var ends: [CInt] = [-1, -1]
        _ = try systemCall { pipe(&ends) }
        reading = OwnedDescriptor(taking: ends[0])
        writing = OwnedDescriptor(taking: ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    consuming func takeReading() -> OwnedDescriptor { reading }
    consuming func takeWriting() -> OwnedDescriptor { writing }
}

import Foundation

/// A pipe that `bytes` come out of, as from another program that wrote them and ended.
package func withPipe<Result>(carrying bytes: [UInt8], _ body: (CInt) throws -> Result) rethrows -> Result {
    var ends: [CInt] = [0, 0]
    precondition(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    signal(SIGPIPE, SIG_IGN)  // the body may stop reading before the end
    let writer = Thread {
        var sent = 0
        while sent < bytes.count {
            // Few bytes at a time: a reader must put up with short reads.
            let count = bytes[sent...].prefix(5000).withUnsafeBytes { write(writing, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            sent += count
        }
        close(writing)
    }
    writer.start()
    defer { close(reading) }
    return try body(reading)
}

import Foundation
import Synchronization

/// A web server on this computer for as long as the value lives, that answers as a test wants: also by lying.
package final class HTTPServer: Sendable {
    package struct Request: Sendable {
        package let path: String
        /// First byte that is asked for, where not all of it is.
        package let start: Int?
    }

    package struct Answer: Sendable {
        package var status = 200
        package var headers: [String: String] = [:]
        package var body: [UInt8] = []
        /// Bytes of the body that are really sent before the connection breaks.
        package var sent: Int?

        package init(status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], sent: Int? = nil) {
            self.status = status
            self.headers = headers
            self.body = body
            self.sent = sent
        }

        /// What a server that can resume answers.
        package static func file(_ bytes: [UInt8], _ request: Request, sent: Int? = nil) -> Answer {
            guard let start = request.start else { return Answer(body: bytes, sent: sent) }
            guard start < bytes.count else { return Answer(status: 416) }
            return Answer(
                status: 206,
                headers: ["Content-Range": "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"],
                body: Array(bytes[start...]), sent: sent)
        }
    }

    private let listener: CInt
    package let port: UInt16
    private let received = Mutex<[Request]>([])

    /// Requests so far.
    package var requests: [Request] { received.withLock { $0 } }

    package func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// - Parameter answer: called on a thread of the server's.
    package init(_ answer: @escaping @Sendable (Request) -> Answer) {
        _ = sigpipeIsIgnored
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { [listener] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { socketAddress in
                precondition(bind(listener, socketAddress, size) == 0 && listen(listener, 8) == 0, "no port is free")
                precondition(getsockname(listener, socketAddress, &size) == 0)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        self.port = port
        let thread = Thread { [listener, weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                // A client that falls silent is given up.
                var patience = timeval(tv_sec: 10, tv_usec: 0)
                for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                    setsockopt(connection, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
                }
                self?.serve(connection, answer)
                close(connection)
            }
        }
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: CInt, _ answer: (Request) -> Answer) {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.hasSuffix("\r\n\r\n") {
            let count = read(connection, &buffer, buffer.count)
            if count <= 0 { return }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        let lines = text.split(separator: "\r\n")
        let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
        let request = Request(
            path: String(lines[0].split(separator: " ")[1]),
            start: range.flatMap { $0.split(separator: "=").last?.split(separator: "-").first }.flatMap { Int($0) })
        received.withLock { $0.append(request) }
        let answer = answer(request)
        var head = "HTTP/1.1 \(answer.status) Whatever\r\nConnection: close\r\n"
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        if answer.headers["Content-Length"] == nil { head += "Content-Length: \(answer.body.count)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + answer.body.prefix(answer.sent ?? .max)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            sent += count
        }
    }
}

/// Whether curl can be run; says so when it cannot, so that no test is skipped in silence.
package let hasCurl: Bool = {
    let found = ProcessInfo.processInfo.environment["PATH"].map { path in
        path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/curl") }
    }
    if found != true { print("skipping the tests that run curl: the program is not on PATH") }
    return found == true
}()

import FOMMCore
import Foundation
import Glibc
import System
import SystemPackage

/// A file from the network, by the `curl` program, into `TARGET.part`: what is there already is gone on with, and the file
/// gets its name once its checksum is right.
struct ModelDownload {
    struct Settings: Sendable {
        /// Where to look for curl, the value of `PATH`.
        var searchPath: String
        /// What curl is told of the environment: proxies and certificates.
        var environment: [String: String] = [:]
        /// Whether unencrypted HTTP is allowed: the address was the user's own.
        var allowsPlainHTTP = false
    }

    private let url: String
    private let target: String
    private let mostBytes: Int
    private let settings: Settings

    private var part: String { target + ".part" }
    /// What the server says before the bytes come, while they do.
    private var head: String { target + ".head" }

    init(from url: String, to target: String, mostBytes: Int, _ settings: Settings) throws(PuppetError) {
        let schemes = settings.allowsPlainHTTP ? ["https://", "http://"] : ["https://"]
        guard schemes.contains(where: { url.hasPrefix($0) }), url.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw PuppetError(
                .cannotFetch, url, "no address that is fetched from", hint: "give one that starts with https://")
        }
        self.url = url
        self.target = target
        self.mostBytes = mostBytes
        self.settings = settings
    }

    /// - Parameters:
    ///   - md5: what the file must have; `nil` where nobody says.
    ///   - progress: told bytes that are there, and how many there will be; `nil` where the server does not say.
    /// - Throws: ``PuppetError`` `.cannotFetch`, and what `progress` throws. A part stays for the next time, unless its
    ///   checksum was wrong.
    func run(md5: String?, progress: (Int, Int?) throws -> Void) throws {
        guard let curl = ChildProcess.find("curl", searchPath: settings.searchPath) else {
            throw PuppetError(
                .cannotFetch, url, "fetching takes the curl program, which is not installed",
                hint: "sudo apt install curl, or download the file in a browser and say puppet model import FILE")
        }
        var hasStartedAnew = false
        while true {
            let before = partSize
            switch try transfer(curl, from: before, progress) {
            case .complete: return try accept(md5)
            case .cannotResume:
                // The server has nothing after what is here, or starts at the front only.
                if let md5, before > 0, try sum() == md5 { return try accept(md5) }
                guard before > 0, !hasStartedAnew else { throw failed("the server does not send all of the file") }
                hasStartedAnew = true
                unlink(part)
            case .failed(let reason):
                // As long as something comes, it is gone on with: that ends at `mostBytes`.
                guard partSize > before else { throw gaveUp(reason) }
            }
        }
    }

    private enum Result {
        case complete, cannotResume
        case failed(String)
    }

    /// One run of curl, appended to the part.
    private func transfer(_ curl: String, from start: Int, _ progress: (Int, Int?) throws -> Void) throws -> Result {
        let descriptor = try PuppetError.explaining(
            try systemCall { open(part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
        ) { failed("cannot write \(part): \($0)", hint: "choose another folder with XDG_DATA_HOME") }
        let output = OwnedDescriptor(taking: descriptor)
        let child = try PuppetError.explaining(
            try ChildProcess(
                curl, arguments: arguments(start), pipe: .standardOutput, searchPath: settings.searchPath,
                environment: settings.environment)
        ) { failed("cannot start \(curl): \($0)", hint: "install curl again") }
        defer { unlink(head) }
        var count = start
        var total: Int?
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let got: Int
            do throws(Errno) {
                got = try readAll(into: buffer, from: child.descriptor, atLeast: 1)
            } catch {
                return .failed("reading from curl failed: \(error)")
            }
            if got == 0 { break }
            count += got
            guard count <= mostBytes else {
                child.terminate()
                unlink(part)
                throw failed("the server sends more than the \(mostBytes) bytes it can be", hint: "it is another file")
            }
            do throws(Errno) {
                try writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<got]), to: output.rawValue)
            } catch {
                child.terminate()
                throw failed("cannot write \(part): \(error)", hint: "free some space and say the same again")
            }
            total = total ?? announcedSize(after: start)
            try progress(count, total)
        }
        child.closePipe()
        switch child.wait() {
        case .exited(0): return .complete
        // 33: the server cannot resume. 36: nor can curl. 22 with 416: nothing is left after what is there.
        case .exited(33), .exited(36): return .cannotResume
        case .exited(22) where start > 0 && (child.lastComplaint ?? "").contains("416"): return .cannotResume
        case let ending: return .failed(child.lastComplaint ?? "curl: \(ending)")
        }
    }

    private func arguments(_ start: Int) -> [String] {
        let protocols = settings.allowsPlainHTTP ? "=http,https" : "=https"
        var arguments = [
            "--disable", "--silent", "--show-error", "--fail", "--location", "--max-redirs", "10", "--proto", protocols,
            "--proto-redir", protocols, "--connect-timeout", "30", "--speed-limit", "100", "--speed-time", "60",
            "--max-filesize", "\(mostBytes)", "--dump-header", head,
        ]
        if start > 0 { arguments += ["--continue-at", "\(start)"] }
        return arguments + ["--", url]
    }

    /// - Parameter start: bytes that the server was not asked for, being there already.
    /// - Returns: how large the server says the whole file is; `nil` where it does not.
    private func announcedSize(after start: Int) -> Int? {
        var length: Int?
        for line in ((try? String(contentsOfFile: head, encoding: .utf8)) ?? "").split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if line.hasPrefix("HTTP/") {
                length = nil  // what came before was a redirect
            } else if parts.count == 2, parts[0].lowercased() == "content-length" {
                length = Int(parts[1].trimmingCharacters(in: .whitespaces))
            }
        }
        return length.map { start + $0 }
    }

    /// Checks the part and gives it its name.
    private func accept(_ md5: String?) throws {
        if let md5 {
            let found = try sum()
            guard found == md5 else {
                unlink(part)
                throw failed("what came has MD5 \(found), expected \(md5); it was removed", hint: "say the same again")
            }
        }
        guard partSize > 0 else { throw gaveUp("nothing came") }
        guard rename(part, target) == 0 else {
            throw failed("cannot write \(target): \(Errno(rawValue: errno))", hint: "say the same again")
        }
    }

    private func gaveUp(_ reason: String) -> PuppetError {
        guard partSize == 0 else { return failed(reason, hint: "say the same again to go on where it stopped") }
        unlink(part)
        return failed(reason, hint: "try again later")
    }

    private func sum() throws -> String { try MappedFile(path: part).md5() }

    private var partSize: Int { fileSize(part) ?? 0 }

    private func failed(_ detail: String, hint: String? = nil) -> PuppetError {
        PuppetError(.cannotFetch, url, detail, hint: hint)
    }
}

import Checkpoints
import FOMMCore
import Foundation
import TestSupport
import Testing

@testable import Models

@Suite("Downloads from a server that breaks off, redirects and lies", .timeLimit(.minutes(5)), .enabled(if: hasCurl))
struct ModelDownloadTests {
    private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

    private static func md5(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { MappedFile(name: "content", borrowing: $0).md5() }
    }

    /// Downloads from `server` into `folder`; returns the line a user would see, `nil` where it went well.
    private func download(
        _ server: HTTPServer, _ folder: borrowing TemporaryFolder, path: String = "/model", md5: String?? = .none,
        mostBytes: Int = 1 << 20, progress: (Int, Int?) -> Void = { _, _ in }
    ) -> String? {
        let target = folder.path("model.pth.tar")
        let settings = ModelDownload.Settings(searchPath: testSearchPath, allowsPlainHTTP: true)
        let expected: String? = if case .some(let given) = md5 { given } else { Self.md5(Self.content) }
        return failureLine {
            try ModelDownload(from: server.url(path), to: target, mostBytes: mostBytes, settings)
                .run(md5: expected) { progress($0, $1) }
        }
    }

    private func file(_ folder: borrowing TemporaryFolder) -> [UInt8]? { try? readFile(folder.path("model.pth.tar")) }

    private func part(_ folder: borrowing TemporaryFolder) -> [UInt8]? {
        try? readFile(folder.path("model.pth.tar.part"))
    }

    @Test func whatIsThereComes() throws {
        let folder = try TemporaryFolder()
        let server = HTTPServer { .file(Self.content, $0) }
        #expect(download(server, folder) == nil)
        #expect(file(folder) == Self.content)
        #expect(part(folder) == nil)
    }

    @Test func redirectsAreFollowed() throws {
        let folder = try TemporaryFolder()
        let server = HTTPServer { request in
            request.path == "/model"
                ? .init(status: 302, headers: ["Location": "/elsewhere"]) : .file(Self.content, request)
        }
        #expect(download(server, folder) == nil)
        #expect(file(folder) == Self.content)
        #expect(server.requests.map(\.path) == ["/model", "/elsewhere"])
    }

    /// Also after a redirect, whose own answer has a length, and of a download that goes on.
    @Test func progressIsOfWhatTheServerSays() throws {
        let folder = try TemporaryFolder()
        let server = HTTPServer { request in
            request.path == "/model"
                ? .init(status: 302, headers: ["Location": "/elsewhere"]) : .file(Self.content, request)
        }
        try writeFile(Self.content[..<100_000], to: folder.path("model.pth.tar.part"))
        var told: [(Int, Int?)] = []
        #expect(download(server, folder, progress: { told.append(($0, $1)) }) == nil)
        #expect(told.allSatisfy { $0.0 > 100_000 && $0.1 == 300_000 } && told.last?.0 == 300_000, "\(told)")
        #expect(try fileNames(in: folder.path("")) == ["model.pth.tar"])
    }

    @Test func redirectsInACircleEnd() throws {
        let folder = try TemporaryFolder()
        let server = HTTPServer { _ in .init(status: 302, headers: ["Location": "/model"]) }
        #expect(download(server, folder)?.contains("redirects") == true)
        #expect(file(folder) == nil)
    }

    @Test func aBrokenConnectionIsTakenUpAgain() throws {
        let folder = try TemporaryFolder()
        let server = HTTPServer { .file(Self.content, $0, sent: 90_000) }
        #expect(download(server, folder) == nil)
        #expect(file(folder) == Self.content)
        #expect(server.requests.map(\.start) == [nil, 90_000, 180_000, 270_000])
    }

    @Test func aServerThatStopsLeavesAPartToGoOnWith() throws {
        let folder = try TemporaryFolder()
        let broken = HTTPServer { .file(Self.content, $0, sent: $0.start == nil ? 100_000 : 0) }
        let line = download(broken, folder)
        #expect(line?.contains("; say the same again to go on where it stopped") == true, "\(line ?? "no error")")
        #expect(part(folder)?.count == 100_000)
        let working = HTTPServer { .file(Self.content, $0) }
        #expect(download(working, folder) == nil)
        #expect(working.requests.map(\.start) == [100_000])
        #expect(file(folder) == Self.content)
    }

    @Test func aServerThatCannotResumeStartsAnew() throws {
        let folder = try TemporaryFolder()
        try writeFile(Self.content.prefix(1000), to: folder.path("model.pth.tar.part"))
        let server = HTTPServer { _ in .init(body: Self.content) }
        #expect(download(server, folder) == nil)
        #expect(file(folder) == Self.content)
    }

    @Test func aPartThatIsAllOfItIsEnough() throws {
        let folder = try TemporaryFolder()
        try writeFile(Self.content, to: folder.path("model.pth.tar.part"))
        let server = HTTPServer { .file(Self.content, $0) }
        #expect(download(server, folder) == nil)
        #expect(file(folder) == Self.content)
    }

    @Test func aPartOfSomethingElseIsNoticed() throws {
        let folder = try TemporaryFolder()
        try writeFile([UInt8](repeating: 1, count: 1000), to: folder.path("model.pth.tar.part"))
        let server = HTTPServer { .file(Self.content, $0) }
        #expect(download(server, folder)?.contains("it was removed; say the same again") == true)
        #expect(part(folder) == nil)
        #expect(download(server, folder) == nil)
        #expect(file(folder) == Self.content)
    }

    @Test func anotherFileIsRefused() throws {
        let folder = try TemporaryFolder()
        var other = Self.content
        other[77] ^= 1
        let server = HTTPServer { [other] in .file(other, $0) }
        let line = download(server, folder)
        #expect(
            line?.hasSuffix(
                "what came has MD5 \(Self.md5(other)), expected \(Self.md5(Self.content)); it was removed; "
                    + "say the same again") == true, "\(line ?? "no error")")
        #expect(file(folder) == nil)
        #expect(part(folder) == nil)
    }

    @Test func lessThanWasPromisedIsNoticed() throws {
        let folder = try TemporaryFolder()
        let server = HTTPServer { _ in
            .init(headers: ["Content-Length": "400000"], body: Self.content)
        }
        #expect(download(server, folder, md5: .some(nil)) != nil)
        #expect(file(folder) == nil)
    }

    @Test func moreThanItCanBeIsNotTaken() throws {
        let folder = try TemporaryFolder()
        let honest = HTTPServer { .file(Self.content, $0) }
        #expect(download(honest, folder, mostBytes: 1000) != nil)
        // Without a length curl cannot know beforehand.
        let silent = HTTPServer { _ in .init(headers: ["Content-Length": ""], body: Self.content) }
        let line = download(silent, folder, mostBytes: 1000)
        #expect(line != nil)
        #expect((part(folder)?.count ?? 0) <= 1 << 18)
        #expect(file(folder) == nil)
    }

    @Test func whatIsNotThereIsSaid() throws {
        let folder = try TemporaryFolder()
        let server = HTTPServer { _ in .init(status: 404) }
        let line = download(server, folder) ?? "accepted"
        #expect(line.contains("404") && line.hasSuffix("; try again later"), "\(line)")
        #expect(file(folder) == nil && part(folder) == nil)
    }

    @Test func onlyEncryptedUnlessTheUserSaysOtherwise() throws {
        let folder = try TemporaryFolder()
        let settings = ModelDownload.Settings(searchPath: testSearchPath)
        for url in ["http://127.0.0.1/x", "file:///etc/passwd", "https://a b", "-o/tmp/x", "ftp://x"] {
            let line = failureLine {
                try ModelDownload(from: url, to: folder.path("x"), mostBytes: 1, settings).run(md5: nil) { _, _ in }
            }
            #expect(line == "\(url): no address that is fetched from; give one that starts with https://")
        }
    }

    @Test func withoutCurlTheUserIsToldWhatToDo() throws {
        let folder = try TemporaryFolder()
        let settings = ModelDownload.Settings(searchPath: "/nowhere")
        let line = failureLine {
            try ModelDownload(from: "https://x/", to: folder.path("x"), mostBytes: 1, settings).run(md5: nil) { _, _ in
            }
        }
        #expect(line?.contains("the curl program, which is not installed; sudo apt install curl") == true)
    }
}

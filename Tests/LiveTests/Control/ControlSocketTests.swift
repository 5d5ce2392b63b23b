import Dispatch
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Live
@testable import System

/// A server and clients over real sockets, in a folder of the test's own.
@Suite("puppet ctl over a socket", .timeLimit(.minutes(5)))
struct ControlSocketTests {
    private struct Rig: ~Copyable {
        let folder: TemporaryFolder
        let sockets: ControlSocket
        let obeyed = Collected<LiveCommand>()

        init() throws {
            folder = try TemporaryFolder()
            sockets = ControlSocket(environment: ["XDG_RUNTIME_DIR": folder.url.path])
        }

        func listen() throws -> ControlServer {
            try ControlServer(sockets) { [obeyed] command in
                obeyed.append(command)
                return command == .status(json: false)
                    ? .done("two\nlines") : command == .reloadAvatars ? .refused("no folder") : .done()
            }
        }

        func send(_ line: String, to process: Int32? = nil) throws(PuppetError) -> CommandAnswer {
            try ControlClient(sockets).send(line.split(separator: " ").map { String($0) }, to: process)
        }

        /// Ends of connections at the server, and its own socket.
        var openEnds: Int {
            let path = sockets.path(of: getpid())
            // It comes in pieces, which a reader of files by their size takes for its end.
            let table = (try? FileHandle(forReadingAtPath: "/proc/self/net/unix")?.readToEnd()) ?? Data()
            return String(decoding: table, as: UTF8.self).split(separator: "\n").count { $0.hasSuffix(path) }
        }

        /// A connection to the server, for the caller to close.
        func connect() throws -> CInt {
            guard let connection = sockets.connect(to: getpid()) else {
                throw PuppetError(.noControl, "rig", "no server there")
            }
            return connection.release()
        }

        /// What is answered to bytes that ``ControlClient`` would not send; "" where the server just hangs up.
        func answer(to bytes: [UInt8], hangsUp: Bool = false) throws -> String {
            let descriptor = try connect()
            defer { close(descriptor) }
            _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if hangsUp { return "" }
            return ControlSocket.readLine(descriptor, seconds: 10) ?? ""
        }
    }

    private func failure(_ body: () throws(PuppetError) -> some Any) -> String? {
        do throws(PuppetError) {
            _ = try body()
            return nil
        } catch {
            return "\(error.code) \(error)"
        }
    }

    @Test func commandsAreObeyedAndAnswered() throws {
        let rig = try Rig()
        let server = try rig.listen()
        #expect(try rig.send("calibrate") == .done())
        #expect(try rig.send("avatar 2", to: getpid()) == .done())
        #expect(try rig.send("status") == .done("two lines"), "an answer is one line")
        #expect(rig.obeyed.all == [.calibrate, .showAvatar(.index(1)), .status(json: false)])
        #expect(try rig.send("reload") == .refused("no folder"), "what the server says is wrong")
        server.stop()
        server.stop()
    }

    @Test func whatIsNoCommandIsSaidSo() throws {
        let rig = try Rig()
        let server = try rig.listen()
        for (line, reason) in [
            ("dance", "dance: is no command; there are calibrate, search, "),
            ("passthrough", "passthrough: takes on or off"),
        ] {
            let answer = try rig.send(line)
            #expect(answer.line.hasPrefix("error: \(reason)"), "\(answer)")
        }
        #expect(try rig.answer(to: [0xFF, 0xFE, 10]).hasPrefix("error: "), "no text at all")
        #expect(try rig.answer(to: [10]).hasPrefix("error: "), "an empty line")
        #expect(rig.obeyed.all.isEmpty)
        server.stop()
    }

    @Test func oneWhoSaysTooMuchOrNothingKeepsNobodyWaiting() throws {
        let rig = try Rig()
        let server = try rig.listen()
        #expect(try rig.answer(to: [UInt8](repeating: 120, count: 20_000)) == "", "an endless line")
        let asked = Date()
        #expect(try rig.answer(to: []) == "", "silence")
        let half = try rig.answer(to: Array("stat".utf8))
        #expect(half == "", "half a line: \(half)")
        #expect(Date().timeIntervalSince(asked) < 8, "a second each")
        #expect(try rig.answer(to: Array("calibrate\n".utf8), hangsUp: true) == "")
        #expect(try rig.send("status") == .done("two lines"), "the next one is served")
        server.stop()
    }

    /// Somebody who sends a byte now and then, for ever: the line must end, not each byte of it.
    @Test func oneWhoDribblesKeepsNobodyWaiting() throws {
        let rig = try Rig()
        let server = try rig.listen()
        let descriptor = try rig.connect()
        let ended = DispatchSemaphore(value: 0)
        let dribbler = Thread {
            while Glibc.send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1 { usleep(200_000) }
            ended.signal()
        }
        dribbler.start()
        usleep(100_000)
        let answered = failure { () throws(PuppetError) in try rig.send("status") }
        #expect(answered == nil, "\(answered ?? "")")
        // Closed under the dribbler's hands, its number would soon be another test's.
        shutdown(descriptor, CInt(SHUT_RDWR))
        ended.wait()
        close(descriptor)
        server.stop()
    }

    /// More than a run has descriptors for, and none of them says anything.
    @Test func aThousandWhoSayNothingKeepNobodyWaiting() throws {
        let rig = try Rig()
        let server = try rig.listen()
        var silent: [CInt] = []
        defer { for descriptor in silent { close(descriptor) } }
        for _ in 0..<1000 {
            silent.append(try rig.connect())
            // As many as a process usually may have.
            if silent.count > 300 { close(silent.removeFirst()) }
        }
        let asked = Date()
        #expect(try rig.send("status") == .done("two lines"))
        #expect(Date().timeIntervalSince(asked) < 5, "the oldest of them have to go")
        #expect(rig.openEnds <= 1 + 32 + 2, "how many it keeps")
        try waitUntil("each is given up after a second") { rig.openEnds == 1 }
        server.stop()
        #expect(rig.openEnds == 0)
    }

    @Test func allWhoAskAtOnceAreAnswered() throws {
        let rig = try Rig()
        let server = try rig.listen()
        let answers = Collected<String>()
        DispatchQueue.concurrentPerform(iterations: 20) { _ in
            for _ in 0..<10 {
                answers.append((try? ControlClient(rig.sockets).send(["status"], to: getpid()).line) ?? "none")
            }
        }
        #expect(answers.all.count == 200 && Set(answers.all) == ["ok two lines"], "\(Set(answers.all))")
        server.stop()
    }

    @Test func isForItsUserAlone() throws {
        let rig = try Rig()
        // Something of ours at its path: nobody else can put anything there.
        try rig.sockets.makeFolder()
        let path = rig.sockets.path(of: getpid())
        try #require(symlink("/etc/passwd", path) == 0)
        let server = try rig.listen()
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode == S_IFSOCK | 0o600, "\(String(status.st_mode, radix: 8))")
        server.stop()
        guard getuid() == 0 else { return print("skipping another user: not root") }
        let opened = try rig.listen()
        chmod(rig.folder.url.path, 0o755)
        chmod(rig.sockets.folder, 0o755)
        chmod(path, 0o666)
        let script = """
            use Socket; $SIG{PIPE} = "IGNORE"; $) = "65534 65534"; $> = 65534;
            socket(S, AF_UNIX, SOCK_STREAM, 0) or die; connect(S, pack_sockaddr_un($ARGV[0])) or die "no way in";
            syswrite(S, "status\\n"); print "answer: ", scalar(<S>) // "none"
            """
        let perl = try #require(Program("perl")).run(["-e", script, path])
        #expect(String(decoding: perl.output, as: UTF8.self) == "answer: none")
        #expect(rig.obeyed.all.isEmpty)
        chmod(rig.sockets.folder, 0o700)
        opened.stop()
    }

    /// Lines that were commands once, a million by PUPPET_SEQUENCES, a few thousand otherwise; some through a socket.
    @Test func mutatedRequestsAreAnsweredOrRefused() throws {
        let rig = try Rig()
        let server = try rig.listen()
        defer { server.stop() }
        let wanted = ProcessInfo.processInfo.environment["PUPPET_SEQUENCES"].flatMap(Int.init) ?? 5000
        var random = SeededRandom(seed: 5)
        let verbs = ControlVerb.all.map(\.name)
        let words = [
            "on", "off", "next", "-1", "1e9", "nan", "0x10", "auto", "a b", "../../etc/passwd", "\u{1F600}", "%s%n",
        ]
        for number in 0..<wanted {
            var bytes = Array(verbs.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                bytes += [32] + Array(words.randomElement(using: &random)!.utf8)
            }
            for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: bytes.indices, using: &random)], at: place)
                }
            }
            if number % 20 == 0 {
                let answer = try rig.answer(to: bytes + [10])
                #expect(answer.hasPrefix("ok") || answer.hasPrefix("error: "), "\(bytes): \(answer)")
            }
            let line = String(decoding: bytes, as: UTF8.self)
            let asked = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
            do throws(PuppetError) {
                _ = try LiveCommand(words: asked)
            } catch {
                guard error.code == .badCommand, !"\(error)".isEmpty else {
                    Issue.record("\(line.debugDescription): \(error.code)")
                    return
                }
            }
        }
    }

    @Test func nobodyIsThere() throws {
        let rig = try Rig()
        #expect(failure { () throws(PuppetError) in try rig.send("status") }?.contains("no puppet is running") == true)
        try rig.sockets.makeFolder()
        #expect(failure { () throws(PuppetError) in try rig.send("status") }?.contains("no puppet is running") == true)
        let wrong = failure { () throws(PuppetError) in try rig.send("status", to: 1) }
        #expect(wrong?.contains("puppet 1: does not answer") == true, "\(wrong ?? "nothing thrown")")
    }

    @Test func theSocketOfADeadProcessIsNobody() throws {
        let rig = try Rig()
        let server = try rig.listen()
        // Its number may belong to another program by now, as here to the one that runs the tests.
        try writeFile([], to: rig.sockets.path(of: getppid()))
        #expect(rig.sockets.processes == [getpid(), getppid()].sorted())
        #expect(try rig.send("status") == .done("two lines"))
        server.stop()
        #expect(rig.sockets.processes == [getppid()], "a server that stops takes its socket along")
    }

    @Test func aSocketOfAnEarlierProcessOfOurNumberIsReplaced() throws {
        let rig = try Rig()
        let abandoned = try rig.listen()
        try withExtendedLifetime(abandoned) {
            let server = try rig.listen()
            #expect(try rig.send("status") == .done("two lines"))
            server.stop()
        }
    }

    @Test func ofSeveralOneHasToBeChosen() throws {
        let rig = try Rig()
        let server = try rig.listen()
        let other = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(other) }
        let address = try #require(SocketAddress(rig.sockets.path(of: getppid())))
        try #require(address.withPointer { bind(other, $0, $1) } == 0 && Glibc.listen(other, 1) == 0)
        let several = failure { () throws(PuppetError) in try rig.send("status") }
        #expect(several?.contains("2 puppets are running") == true, "\(several ?? "nothing thrown")")
        #expect(several?.contains("choose with --pid") == true)
        #expect(try rig.send("status", to: getpid()) == .done("two lines"))
        server.stop()
    }

    @Test func namesThatAreNoSocketsAreOverlooked() throws {
        let rig = try Rig()
        try makeFolder(rig.sockets.folder)
        for name in [
            "x.socket", "12.socket.tmp", "-3.socket", "0.socket", "+7.socket", "99999999999.socket", ".socket",
        ] {
            try writeFile([], to: "\(rig.sockets.folder)/\(name)")
        }
        #expect(rig.sockets.processes == [])
    }

    @Test func aFolderThatOthersCouldUseIsRefused() throws {
        let rig = try Rig()
        let folder = rig.sockets.folder
        for mode in [mode_t(0o777), 0o770, 0o701] {
            mkdir(folder, 0o700)
            chmod(folder, mode)
            let refused = failure { () throws(PuppetError) in try rig.sockets.makeFolder() }
            #expect(refused?.contains("is not a folder of yours alone") == true, "mode \(String(mode, radix: 8))")
            rmdir(folder)
        }
        symlink("/tmp", folder)
        #expect(failure { () throws(PuppetError) in try rig.sockets.makeFolder() } != nil, "a link to elsewhere")
        unlink(folder)
        try writeFile([], to: folder)
        #expect(failure { () throws(PuppetError) in try rig.sockets.makeFolder() } != nil, "a file")
        unlink(folder)
        mkdir(folder, 0o700)
        guard chown(folder, 12345, 12345) == 0 else { return print("skipping a folder of somebody else: not root") }
        #expect(failure { () throws(PuppetError) in try rig.sockets.makeFolder() } != nil, "somebody else's")
        let client = failure { () throws(PuppetError) in try rig.send("status") }
        #expect(client != nil, "a client asks nobody in somebody else's folder")
        rmdir(folder)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let sockets = ControlSocket(environment: ["XDG_RUNTIME_DIR": "/proc/nowhere"])
        let line = failure { () throws(PuppetError) in try sockets.makeFolder() }
        #expect(line?.contains("/proc/nowhere/puppet: cannot be made") == true, "\(line ?? "nothing thrown")")
        let long = ControlSocket(environment: ["XDG_RUNTIME_DIR": "/tmp/" + String(repeating: "x", count: 200)])
        #expect(SocketAddress(long.path(of: 1)) == nil, "longer than a socket's name may be")
    }

    @Test func withoutARuntimeFolderItIsInTmp() {
        #expect(ControlSocket(environment: [:]).folder == "/tmp/puppet-\(getuid())")
        #expect(ControlSocket(environment: ["XDG_RUNTIME_DIR": "relative"]).folder == "/tmp/puppet-\(getuid())")
    }
}

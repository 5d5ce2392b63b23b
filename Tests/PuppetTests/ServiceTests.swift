import Foundation
import Glibc
import System
import TestSupport
import Testing

extension PuppetTests {
    @Suite("What the computer is asked to do for the camera")
    struct Service {
        /// A systemctl that writes down what it is asked, and ends as the test says.
        private func systemctl(_ bench: borrowing Workbench, endsWith code: Int) throws -> [String: String] {
            let folder = bench.url.appending(path: "bin")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let program = folder.appending(path: "systemctl")
            try Data("#!/bin/sh\necho \"$*\" >>\(bench.path("asked"))\nexit \(code)\n".utf8).write(to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
            return ["PATH": "\(folder.path):/usr/bin:/bin", "XDG_RUNTIME_DIR": bench.path("run")]
        }

        /// Where the user's systemd listens, until this is closed.
        private func listen(_ bench: borrowing Workbench) throws -> CInt {
            try makeFolder(bench.path("run/systemd"))
            let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            let address = try #require(SocketAddress(bench.path("run/systemd/private")))
            try #require(address.withPointer { bind(listener, $0, $1) } == 0 && Glibc.listen(listener, 9) == 0)
            return listener
        }

        @Test func systemdIsAsked() throws {
            let bench = try Workbench()
            expectFailure(
                try bench.run(["service", "status"], environment: systemctl(bench, endsWith: 0)),
                "service: systemd does not run for this user; log in (not by su or sudo), or have your session start: "
                    + "puppet run --output pipewire")
            let listener = try listen(bench)
            defer { close(listener) }
            for (word, words) in [
                ("enable", "--user enable --now puppet.service"), ("disable", "--user disable --now puppet.service"),
                ("status", "--user --no-pager status puppet.service"),
            ] {
                let result = try bench.run(["service", word], environment: systemctl(bench, endsWith: 0))
                #expect(result.ending == .exited(0), "\(result.errors)")
                #expect(try String(contentsOfFile: bench.path("asked"), encoding: .utf8).hasSuffix(words + "\n"))
            }
            expectFailure(
                try bench.run(["service", "enable"], environment: systemctl(bench, endsWith: 1)),
                "service: the camera could not be started; see the lines above; journalctl --user -u puppet says more")
            let status = try bench.run(["service", "status"], environment: systemctl(bench, endsWith: 3))
            #expect(status.ending == .exited(3) && status.errors.isEmpty, "systemctl has said it")
            expectFailure(
                try bench.run(["service", "enable"], environment: ["PATH": bench.path("none")]),
                "service: there is no systemd here; have your session start: puppet run --output pipewire")
        }
    }
}

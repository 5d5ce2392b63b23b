import Dispatch
import Glibc
import TestSupport
import Testing

@testable import Frames
@testable import System

@Suite("Files that appear complete or not at all", .timeLimit(.minutes(5)))
struct AtomicFileTests {
    private func write(_ text: String, to file: AtomicFile) throws {
        try Array(text.utf8).withUnsafeBytes { try file.write($0) }
    }

    @Test func appearsOnlyWhenCommitted() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("out.bin")
        let file = try AtomicFile(path: path)
        try write("hello", to: file)
        #expect(!fileExists(path), "nothing under the final name before commit")
        try file.commit()
        #expect(try readFile(path) == Array("hello".utf8))
        #expect(try fileNames(in: folder.path("")) == ["out.bin"], "the temporary must be gone")
    }

    @Test func leavesAnOlderFileAloneUntilCommitted() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("out.bin")
        try writeFile("old".utf8, to: path)
        let file = try AtomicFile(path: path)
        try write("new", to: file)
        #expect(try readFile(path) == Array("old".utf8))
        try file.commit()
        #expect(try readFile(path) == Array("new".utf8))
    }

    @Test func discardsWhenCancelledOrForgotten() throws {
        let folder = try TemporaryFolder()
        let cancelled = try AtomicFile(path: folder.path("a"))
        try write("x", to: cancelled)
        cancelled.discard()
        do {
            let forgotten = try AtomicFile(path: folder.path("b"))
            try write("x", to: forgotten)
        }
        #expect(try fileNames(in: folder.path("")) == [], "neither temporaries nor targets may stay")
    }

    @Test func twoAtOnceDoNotMeet() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try AtomicFile(path: folder.path("a")), try AtomicFile(path: folder.path("b")))
        try write("1", to: first)
        try write("2", to: second)
        try second.commit()
        try first.commit()
        #expect(try readFile(folder.path("a")) == Array("1".utf8))
        #expect(try readFile(folder.path("b")) == Array("2".utf8))
    }

    @Test func keepsASymbolicLink() throws {
        let folder = try TemporaryFolder()
        let (target, link) = (folder.path("target"), folder.path("link"))
        try writeFile("old".utf8, to: target)
        symlink(target, link)
        let file = try AtomicFile(path: link)
        try write("new", to: file)
        try file.commit()
        #expect(try readFile(target) == Array("new".utf8), "the file the link leads to is replaced, not the link")
    }

    @Test func survivesInterruptionsAndShortWrites() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("out.bin")
        nonisolated(unsafe) var calls = 0  // this thread alone
        let file = try AtomicFile(path: path) { descriptor, bytes, count in
            calls += 1
            if calls % 2 == 1 {
                errno = EINTR
                return -1
            }
            return Glibc.write(descriptor, bytes, min(count, 3))
        }
        try write("0123456789", to: file)
        try file.commit()
        #expect(try readFile(path) == Array("0123456789".utf8))
        #expect(calls == 8, "four short writes, each interrupted once")
    }

    @Test func fullDiskLeavesNothing() throws {
        let folder = try TemporaryFolder()
        nonisolated(unsafe) var room = 4  // this thread alone
        let file = try AtomicFile(path: folder.path("out.bin")) { descriptor, bytes, count in
            guard room > 0 else {
                errno = ENOSPC
                return -1
            }
            let taken = min(room, count)
            room -= taken
            return Glibc.write(descriptor, bytes, taken)
        }
        let line = try #require(failureLine { try write("0123456789", to: file) })
        #expect(line.contains("out.bin: cannot write the file: No space left on device"), "\(line)")
        #expect(line.contains("free some space"), "says what to do: \(line)")
        file.discard()
        #expect(try fileNames(in: folder.path("")) == [], "no partial file may stay")
    }

    @Test func whatIsSoundOfItMayBeKept() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("out.bin")
        let file = try AtomicFile(path: path)
        try write("0123456789", to: file)
        try file.truncate(to: 4)
        try file.commit()
        #expect(try readFile(path) == Array("0123".utf8))
    }

    /// What a process that was killed leaves: known by its name, and by nobody holding it.
    @Test func leftRecordingsAreToldFromThoseBeingWritten() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.y4m")
        let beingWritten = try AtomicFile(path: path, suffix: ".y4m")
        try write("x", to: beingWritten)
        for (name, text) in [
            (".puppet-9-0.mp4", "recorded"), (".puppet-8-1.y4m", "recorded"), (".puppet-9-1.mp4", ""),
            (".puppet-9-0.tmp", "a picture"), (".puppet-9-0.part.mp4", "half a copy"), ("puppet-9-0.mp4", "mine"),
        ] { try writeFile(text.utf8, to: folder.path(name)) }
        let expected = [folder.path(".puppet-8-1.y4m"), folder.path(".puppet-9-0.mp4")]
        #expect(Leftovers.beside(path) == expected)
        let linked = try TemporaryFolder()
        symlink(path, linked.path("link.mp4"))
        #expect(Leftovers.beside(linked.path("link.mp4")) == expected, "where the file will be")
        #expect(Leftovers.beside(folder.path("none/clip.mp4")) == [])
        beingWritten.discard()
    }

    /// A link that leads to what is not there yet stays one.
    @Test func aLinkLeadsOn() throws {
        let folder = try TemporaryFolder()
        symlink("target", folder.path("link"))
        symlink("link", folder.path("second"))
        let file = try AtomicFile(path: folder.path("second"))
        try write("new", to: file)
        try file.commit()
        #expect(try readFile(folder.path("target")) == Array("new".utf8))
        #expect(linkTarget(folder.path("second")) == "link" && linkTarget(folder.path("link")) == "target")
        symlink("around", folder.path("around"))
        #expect(finalTarget(folder.path("around")) == folder.path("around"), "a circle ends")
    }

    @Test func oneIdentityForEveryNameOfAFile() throws {
        let folder = try TemporaryFolder()
        try makeFolder(folder.path("real"))
        symlink("real", folder.path("linked"))
        symlink("real/new.mp4", folder.path("dangling"))
        let names = ["real/new.mp4", "linked/new.mp4", "real/../real/new.mp4", "dangling"]
        #expect(Set(names.map { FileIdentity(path: folder.path("") + "/" + $0) }).count == 1)
        let missing = [
            "none/pictures", "./none/pictures/", "real/../none/pictures", "none/./pictures", "none/a/../pictures",
        ]
        let identities = Set(missing.map { FileIdentity(path: folder.path("") + "/" + $0) })
        #expect(identities.count == 1 && !identities.contains(nil))
        #expect(FileIdentity(path: folder.path("none/pictures")) != FileIdentity(path: folder.path("none/others")))
    }

    @Test func devicesAreWrittenAndNotReplaced() throws {
        let null = try AtomicFile(path: "/dev/null")
        try write("x", to: null)
        try null.commit()
        #expect(try FileKind(path: "/dev/null") == .special)
        let full = try AtomicFile(path: "/dev/full")
        let line = try #require(failureLine { try write("x", to: full) })
        #expect(line.contains("No space left on device"), "\(line)")
        #expect(try FileKind(path: "/dev/full") == .special)
    }

    @Test(.enabled(if: geteuid() == 0, "a device can be made")) func disksAreNotWritten() throws {
        let folder = try TemporaryFolder()
        let disk = folder.path("disk")
        try #require(mknod(disk, S_IFBLK | 0o600, 0x7FFF) == 0)
        #expect(try FileKind(path: disk) == .disk)
        let line = try #require(failureLine { _ = try AtomicFile(path: disk) })
        #expect(line.hasSuffix("it is a disk; give the name of a file"), "\(line)")
        let absent = try #require(failureLine { _ = try AtomicFile(path: "/dev/nosuch") })
        #expect(absent.contains("/dev/nosuch: cannot create the file: No such device or address"), "\(absent)")
        #expect(try FileKind(path: "/dev/nosuch") == .missing)
    }

    @Test func saysWhyItCannotCreate() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("none/out.png")
        let line = try #require(failureLine { _ = try AtomicFile(path: missing) })
        #expect(line.hasPrefix("\(missing): cannot create the file: No such file or directory; create"), "\(line)")
        let directory = try #require(failureLine { _ = try AtomicFile(path: folder.path("")) })
        #expect(directory.contains("Is a directory; give the name of a file"), "\(directory)")
        let kernel = try #require(failureLine { _ = try AtomicFile(path: "/proc/out.png") })
        #expect(kernel.contains("/proc/out.png: cannot create the file"), "\(kernel)")
    }

    @Test func goneReaderOfAPipe() throws {
        sigpipeIsIgnored
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        let file = AtomicFile(borrowing: ends[1], path: "standard output")
        let line = try #require(failureLine { try write("x", to: file) })
        #expect(line == "standard output: its reader has gone: Broken pipe; let the reader run to the end")
        #expect(fcntl(ends[1], F_GETFD) >= 0, "a borrowed descriptor stays open")
        close(ends[1])
    }

    @Test func nonBlockingPipesAreWaitedFor() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (input, output) = (ends[0], ends[1])
        defer { for end in ends { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        let sent = PixelBuffer.noise(FrameSize(square: 300)).bytes  // four times what a pipe holds
        let writer = DispatchQueue(label: "writer")
        let group = DispatchGroup()
        writer.async(group: group) { try? sent.withUnsafeBytes { try writeAll($0, to: output) } }
        var received = [UInt8](repeating: 0, count: sent.count)
        let count = try received.withUnsafeMutableBytes { try readAll(into: $0, from: input) }
        try group.waitForEnd()
        #expect(count == sent.count && received == sent, "\(count) of \(sent.count) bytes came")
    }
}

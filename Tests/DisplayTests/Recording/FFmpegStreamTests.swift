import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import Display
@testable import System

@Suite("Pictures sent to an address on the network", .timeLimit(.minutes(5)))
struct FFmpegStreamTests {
    private let form = VideoForm(FrameSize(width: 64, height: 48), FrameRate(25))

    @Test func addressesAreToldFromPaths() {
        for address in [
            "rtmp://host/app/key", "RTMPS://host/a", "udp://239.0.0.1:5000", "tcp://host:1", "srt://host:1?a=b",
        ] {
            #expect(FFmpegStream.isAddress(address), "\(address)")
        }
        for path in ["rtmp", "http://host/a", "out.mp4", "/tmp/rtmp://x.mp4", "://", "rtmp:/host"] {
            #expect(!FFmpegStream.isAddress(path), "\(path)")
        }
    }

    /// What follows the host is a secret on most services, and so is what stands before it.
    @Test func theKeyIsNotTold() throws {
        guard hasFFmpeg else { return }
        sigpipeIsIgnored
        let address = "rtmp://user:secret@127.0.0.1:1/app/secret"
        let line = try #require(
            failureLine {
                let stream = try FFmpegStream(address: address, form, searchPath: testSearchPath)
                #expect(stream.name == "rtmp://127.0.0.1:1")
                for sequence in 0..<500 { try stream.write(PixelBuffer.smooth(form.size).asFrame(sequence)) }
                try stream.finish()
            })
        #expect(line.hasPrefix("rtmp://127.0.0.1:1: ffmpeg cannot send to it: "), "\(line)")
        #expect(!line.contains("secret"), "\(line)")
        #expect(line.hasSuffix("; see that somebody listens there"), "\(line)")
    }

    @Test func whoListensGetsThem() throws {
        guard hasFFmpeg else { return }
        sigpipeIsIgnored
        let folder = try TemporaryFolder()
        let port = 20000 + Int(getpid()) % 20000
        let received = folder.path("received.ts")
        let listener = try ChildProcess(
            try #require(ChildProcess.find("ffmpeg", searchPath: testSearchPath)),
            arguments: ["-v", "error", "-i", "tcp://127.0.0.1:\(port)?listen=1", "-c", "copy", received],
            pipe: .standardInput, searchPath: testSearchPath)
        // 0A is what /proc calls listening.
        let line = String(port, radix: 16, uppercase: true)
        try waitUntil("somebody listens", seconds: 60) {
            let sockets = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
            return sockets.split(separator: "\n").contains { $0.contains(":\(line) ") && $0.contains(" 0A ") }
        }
        let stream = try FFmpegStream(address: "tcp://127.0.0.1:\(port)", form, searchPath: testSearchPath)
        for sequence in 0..<50 { try stream.write(PixelBuffer.smooth(form.size).asFrame(sequence)) }
        try stream.finish()
        #expect(listener.wait(seconds: 60) == .exited(0), "\(listener.lastComplaint ?? "")")
        let source = try openVideo(received, searchPath: testSearchPath)
        var frames = 0
        while try source.next() != nil { frames += 1 }
        #expect(source.size == form.size && frames >= 48, "\(frames) frames")
    }
}

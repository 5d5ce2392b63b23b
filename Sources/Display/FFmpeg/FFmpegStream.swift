import Frames
import System

/// Sends pictures to an address on the network, by the `ffmpeg` program. One queue owns a value.
///
/// They are encoded so that each leaves at once, and go at the rate at which they come: whoever writes keeps time.
public final class FFmpegStream: FrameSink {
    /// Without what follows the host: that may be a secret.
    public let name: String
    private let pipe: FFmpegPipe

    /// What ffmpeg can send to live, and in which container.
    private static let containers = ["rtmp": "flv", "rtmps": "flv", "udp": "mpegts", "tcp": "mpegts", "srt": "mpegts"]

    /// Whether `path` is an address that can be sent to.
    public static func isAddress(_ path: String) -> Bool { container(of: path) != nil }

    private static func container(of address: String) -> String? {
        let parts = address.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? containers[parts[0].lowercased()] : nil
    }

    /// Starts ffmpeg, which connects.
    ///
    /// - Parameters:
    ///   - address: one that ``isAddress(_:)``.
    ///   - form: of what will be sent.
    ///   - searchPath: where to look for the program, the value of `PATH`.
    /// - Throws: ``DisplayError``: `.programMissing`, `.programFailed`.
    public init(address: String, _ form: VideoForm, searchPath: String) throws(DisplayError) {
        guard let container = Self.container(of: address) else { preconditionFailure("\(address) is no address") }
        let name = Self.publicName(address)
        guard let program = FFmpegProgram(searchPath: searchPath) else {
            throw DisplayError(
                .programMissing, name, "sending to it takes the ffmpeg program, which is not installed",
                hint: "install ffmpeg")
        }
        self.name = name
        // Who comes later waits two seconds at most.
        let keyframes = max(1, Int((2 * form.rate.framesPerSecond).rounded()))
        pipe = try FFmpegPipe(
            program, form,
            output: FFmpegContainer.h264Arguments(width: form.size.width, height: form.size.height)
                + ["-preset", "veryfast", "-tune", "zerolatency", "-g", "\(keyframes)", "-f", container, address],
            name: name
        ) { complaint in
            DisplayError(
                .programFailed, name,
                "ffmpeg cannot send to it: \(complaint.replacing(address, with: name))",
                hint: "see that somebody listens there")
        }
    }

    /// - Throws: ``DisplayError`` `.programFailed` if ffmpeg has given up, with its own last line.
    public func write(_ frame: Frame) throws { try pipe.write(frame) }

    /// Waits until everything has been sent.
    ///
    /// - Throws: ``DisplayError`` `.programFailed`.
    public func finish() throws { try pipe.finish() }

    public func cancel() { pipe.terminate() }

    /// `rtmp://host` of rtmp://host/app/key.
    private static func publicName(_ address: String) -> String {
        guard let start = address.firstRange(of: "://")?.upperBound else { return address }
        let host = address[start...].prefix { !"/?".contains($0) }
        return String(address[..<start] + (host.split(separator: "@").last ?? host))
    }
}

import Frames
import System
import SystemPackage

/// An ffmpeg that is sent pictures. One queue owns a value; ending the value kills it.
final class FFmpegPipe {
    private let child: ChildProcess
    private let packer: Y4MFramePacker
    /// What it makes of the pictures, for messages.
    private let name: String
    private let failure: (String) -> DisplayError

    /// Starts it.
    ///
    /// - Parameters:
    ///   - output: what it is told about what it makes; its input comes in front.
    ///   - name: what it makes, for messages.
    ///   - failure: what to say when it gives up, given what it complains of.
    /// - Throws: ``DisplayError`` `.programFailed`.
    init(
        _ program: FFmpegProgram, _ form: VideoForm, output: [String], name: String,
        failure: @escaping (String) -> DisplayError
    ) throws(DisplayError) {
        self.name = name
        self.failure = failure
        packer = Y4MFramePacker(size: form.size, rate: form.rate, chroma: .halved)
        child = try DisplayError.explaining(
            try program.start(["-f", "yuv4mpegpipe", "-i", "pipe:0"] + output), .programFailed, name,
            "cannot start ffmpeg")
        try packer.header.withUnsafeBytes { bytes in Result { () throws(DisplayError) in try send(bytes) } }.get()
    }

    /// - Throws: ``DisplayError`` `.programFailed` if it has given up, with its own last line.
    func write(_ frame: Frame) throws(DisplayError) {
        try packer.withFrame(of: frame.pixels) { (bytes) throws(DisplayError) in try send(bytes) }
    }

    /// Waits until it has done with what it was sent.
    ///
    /// - Throws: ``DisplayError`` `.programFailed`.
    func finish() throws(DisplayError) {
        child.closePipe()
        if let complaint = FFmpegProgram.complaint(of: child, child.wait()) { throw failure(complaint) }
    }

    func terminate() { child.terminate() }

    private func send(_ bytes: UnsafeRawBufferPointer) throws(DisplayError) {
        do throws(Errno) {
            try writeAll(bytes, to: child.descriptor)
        } catch .brokenPipe {  // it has closed its input: it has ended, or is about to
            let ending = child.wait()
            throw failure(FFmpegProgram.complaint(of: child, ending) ?? "\(ending)")
        } catch {
            throw DisplayError(.cannotWrite, name, "cannot send pictures to ffmpeg", underlying: error)
        }
    }
}

import Frames
import System

/// Writes pictures as uncompressed YUV4MPEG2 video, to a file or to standard output. One queue owns a value.
public final class Y4MWriter: FrameSink {
    public var name: String { file.path }
    private let file: AtomicFile
    private let packer: Y4MFramePacker
    private var framesWritten = 0

    /// Writes a file that appears under its name with ``finish()``.
    ///
    /// - Parameters:
    ///   - size: of every frame that will be written.
    ///   - chroma: 4:2:0 by default, which every program reads.
    /// - Throws: `FrameError` `.cannotWrite`.
    public convenience init(
        path: String, size: FrameSize, rate: FrameRate, chroma: Y4MFramePacker.Chroma = .halved
    ) throws(FrameError) {
        try self.init(AtomicFile(path: path, suffix: ".y4m"), Y4MFramePacker(size: size, rate: rate, chroma: chroma))
    }

    /// Writes to a descriptor that somebody else owns, for example standard output.
    ///
    /// - Throws: `FrameError` `.cannotWrite`.
    public convenience init(
        descriptor: CInt, name: String, size: FrameSize, rate: FrameRate, chroma: Y4MFramePacker.Chroma = .halved
    ) throws(FrameError) {
        let file = AtomicFile(borrowing: descriptor, path: name)
        try self.init(file, Y4MFramePacker(size: size, rate: rate, chroma: chroma))
    }

    /// Writes the header at once: a reader at the other end of a pipe may be waiting for it.
    init(_ file: AtomicFile, _ packer: Y4MFramePacker) throws(FrameError) {
        self.file = file
        self.packer = packer
        try file.write(packer.header)
    }

    /// - Throws: `FrameError` `.cannotWrite`.
    public func write(_ frame: Frame) throws {
        try packer.withFrame(of: frame.pixels) { (bytes) throws(FrameError) in try file.write(bytes) }
        framesWritten += 1
    }

    /// - Throws: `FrameError` `.cannotWrite`.
    public func finish() throws { try file.commit() }

    public func cancel() { file.discard() }

    /// Whole frames alone.
    public func keep() -> Bool {
        defer { file.discard() }
        guard framesWritten > 0, file.isTemporary, file.isOpen else { return false }
        do throws(FrameError) {
            try file.truncate(to: packer.header.count + framesWritten * packer.frameBytes)
            try file.commit()
            return true
        } catch {
            return false
        }
    }
}

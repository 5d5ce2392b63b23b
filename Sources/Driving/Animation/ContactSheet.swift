import Frames
import System

/// A still overview of an animation: driving frames in the upper row, the avatar's pictures below them.
///
/// Works for videos of unknown length: keeps every n-th pair, and when there are too many drops every second one and
/// doubles n.
struct ContactSheet {
    private typealias Pair = (driving: PixelBuffer, avatar: PixelBuffer)

    private let path: String
    private var pairs: [Pair] = []
    private var interval = 1
    private var seen = 0

    /// Columns of the sheet, where the video has as many frames.
    private static let columns = 8

    /// - Parameter path: of the PNG.
    /// - Throws: ``FrameError`` where it will not be possible to write it: better now than after the last frame.
    init(path: String) throws(FrameError) {
        self.path = path
        try AtomicFile(path: path).discard()
    }

    /// - Parameters: in order, driving pictures all of one size and the avatar's all of one; copied where they are kept.
    package mutating func add(driving: Frame, avatar: Frame) {
        defer { seen += 1 }
        guard seen.isMultiple(of: interval) else { return }
        if pairs.count == 2 * Self.columns {
            pairs = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
            interval *= 2
            guard seen.isMultiple(of: interval) else { return }
        }
        pairs.append((driving.pixels.copy(), avatar.pixels.copy()))
    }

    /// - Throws: ``FrameError`` where the file cannot be written.
    package func write() throws(FrameError) {
        let columns = min(Self.columns, pairs.count)
        guard columns > 0 else { return }
        // From the first to the last pair, evenly.
        let chosen = (0..<columns).map { pairs[columns == 1 ? 0 : $0 * (pairs.count - 1) / (columns - 1)] }
        // As high as the driving picture, and as wide as the avatar's needs.
        let (driving, avatar) = (chosen[0].driving.size, chosen[0].avatar.size)
        let width = max(driving.width, (driving.height * avatar.width + avatar.height / 2) / avatar.height)
        let cell = FrameSize(width: width, height: driving.height)
        let fits = (PictureFit(from: driving, into: cell), PictureFit(from: avatar, into: cell))
        let size = FrameSize(width: columns * cell.width, height: 2 * cell.height)
        let sheet = PixelBuffer(size: size) { output in
            for (column, pair) in chosen.enumerated() {
                for (row, (picture, fit)) in [(pair.driving, fits.0), (pair.avatar, fits.1)].enumerated() {
                    let fitted = PixelBuffer(size: cell) {
                        $0.initializeMemory(as: UInt8.self, repeating: 0)
                        fit(picture, into: $0)
                    }
                    fitted.paste(into: output, width: size.width, x: column * cell.width, y: row * cell.height)
                }
            }
        }
        try PNGFile.write(Frame(pixels: sheet, sequence: 0, captured: .now), to: path)
    }
}

extension PixelBuffer {
    fileprivate func copy() -> PixelBuffer {
        PixelBuffer(size: size) { output in withBytes { output.copyMemory(from: $0) } }
    }
}

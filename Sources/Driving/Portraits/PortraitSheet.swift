import FOMMCore
import Frames
import System

/// A PNG that shows what would be cut out of pictures, and where the detector sees keypoints: for each the whole picture
/// with the square, and beside it what the network is given.
package struct PortraitSheet {
    /// One picture.
    package struct Row: Sendable {
        fileprivate let cell: PixelBuffer

        init(_ picture: PixelBuffer, _ square: FrameSquare, _ crop: PixelBuffer, _ keypoints: Keypoints?) {
            let side = crop.size.width
            let scale = Double(side) / Double(max(picture.size.width, picture.size.height))
            let size = FrameSize(width: 2 * side, height: side)
            cell = PixelBuffer(size: size) { output in
                output.initializeMemory(as: UInt8.self, repeating: 40)
                let canvas = PixelCanvas(output, size)
                canvas.draw(picture, x: 0, y: 0, scale: scale)
                canvas.draw(crop, x: side, y: 0, scale: 1)
                func place(_ pixels: Int) -> Int { Int(Double(pixels) * scale) }
                canvas.frame(x: place(square.x), y: place(square.y), side: max(2, place(square.side)))
                guard let keypoints else { return }
                for index in 0..<keypoints.count {
                    let half = (SIMD2<Double>(keypoints[value: index]) + 1) / 2 * Double(side - 1)
                    canvas.dot(x: side + Int(half.x.rounded()), y: Int(half.y.rounded()), beyond: side)
                }
            }
        }
    }

    private var rows: [Row] = []
    private static let columns = 3

    package init() {}

    package mutating func add(_ row: Row) { rows.append(row) }

    /// - Throws: ``FrameError`` where the file cannot be written.
    package func write(to path: String) throws(FrameError) {
        guard let cell = rows.first?.cell.size else { return }
        let columns = min(Self.columns, rows.count)
        let lines = (rows.count + columns - 1) / columns
        let size = FrameSize(width: columns * cell.width, height: lines * cell.height)
        let sheet = PixelBuffer(size: size) { output in
            output.initializeMemory(as: UInt8.self, repeating: 0)
            for (index, row) in rows.enumerated() {
                row.cell.paste(
                    into: output, width: size.width, x: index % columns * cell.width,
                    y: index / columns * cell.height)
            }
        }
        try PNGFile.write(Frame(pixels: sheet, sequence: 0, captured: .now), to: path)
    }
}

import Frames
import System

/// Puts an avatar's pictures back into the photograph that they were cut out of. Belongs to one queue; allocates nothing
/// per picture.
final class Paster {
    private let surroundings: Surroundings
    private let pool: FramePool
    private let fit: SquareFit
    /// The square, as large as it is in the photograph.
    private let scaled: UnsafeMutableRawBufferPointer

    /// - Parameters:
    ///   - side: of the pictures that are put back.
    ///   - capacity: pictures that may be in use at once.
    init(_ surroundings: Surroundings, side: Int, capacity: Int) {
        self.surroundings = surroundings
        pool = FramePool(size: surroundings.photograph.size, capacity: capacity)
        fit = SquareFit(from: FrameSize(square: side), side: surroundings.square.side)
        scaled = .allocate(byteCount: surroundings.cover.count, alignment: 64)
    }

    deinit { scaled.deallocate() }

    /// - Parameter painted: the avatar's square.
    func callAsFunction(_ painted: Frame) -> Frame {
        fit(painted.pixels, into: scaled)
        return pool.makeFrame(sequence: painted.sequence, captured: painted.captured) { output in
            surroundings.photograph.withBytes { output.copyMemory(from: $0) }
            blend(into: output)
        }
    }

    private func blend(into output: UnsafeMutableRawBufferPointer) {
        let (square, width) = (surroundings.square, surroundings.photograph.size.width)
        let source = scaled.bindMemory(to: UInt8.self).baseAddress!
        let target = output.bindMemory(to: UInt8.self).baseAddress! + 3 * (square.y * width + square.x)
        surroundings.cover.withUnsafeBufferPointer { cover in
            for row in 0..<square.side {
                let (over, under) = (source + 3 * square.side * row, target + 3 * width * row)
                let share = cover.baseAddress! + 3 * square.side * row
                for index in 0..<3 * square.side {
                    let weight = UInt16(share[index])
                    let sum = UInt16(over[index]) &* weight &+ UInt16(under[index]) &* (255 &- weight) &+ 128
                    // Divided by 255 and rounded: exact for all sums there are.
                    under[index] = UInt8(truncatingIfNeeded: (sum &+ sum &>> 8) &>> 8)
                }
            }
        }
    }
}

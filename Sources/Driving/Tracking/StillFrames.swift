import Frames

/// Tells whether a driving frame shows what an earlier one did, but for a camera's noise. One queue owns a value.
///
/// Frames are compared by the means of small squares, in which noise averages out. Both a change of all of them (light,
/// a slow move) and of any single one counts: an eyelid or the corner of a mouth is a few squares.
struct StillFrames {
    private let side: Int
    /// Sums over the bytes of each square, of the frame that later ones are compared with.
    private var kept: [UInt16]
    private var keptPart: FramePart?
    private var sums: [UInt16]
    private var part: FramePart?

    /// Pixels of a square. The sum of 48 bytes fits 16 bits.
    package static let square = 4
    /// Levels of 255 by which squares may differ on average. What a dim room's noise makes of it is below 1.
    static let meanTolerance = 1.0
    /// And each of them. An edge of half the contrast there is that moves by a tenth of a pixel makes 3.
    static let squareTolerance = 3.5

    /// - Parameter side: of the frames, in pixels; what is left of a whole number of squares is not looked at.
    init(side: Int) {
        self.side = side / Self.square
        kept = [UInt16](repeating: 0, count: self.side * self.side)
        sums = kept
    }

    /// - Parameter frame: of the size given to `init`.
    /// - Returns: whether it shows the same as the frame that was kept; `false` where there is none.
    mutating func isStill(_ frame: Frame) -> Bool {
        frame.pixels.withBytes { add(bytes: $0, width: frame.size.width) }
        part = frame.part
        return keptPart == part && !differs
    }

    /// The frame that was looked at last is the one that later ones are compared with.
    package mutating func keep() {
        swap(&kept, &sums)
        keptPart = part
    }

    private var differs: Bool {
        let most = Int32(Self.squareTolerance * Double(Self.bytes))
        var total = 0
        for index in kept.indices {
            let change = abs(Int32(kept[index]) - Int32(sums[index]))
            if change > most { return true }
            total += Int(change)
        }
        return Double(total) > Self.meanTolerance * Double(Self.bytes * kept.count)
    }

    private static let bytes = 3 * square * square

    private mutating func add(bytes: UnsafeRawBufferPointer, width: Int) {
        sums.withUnsafeMutableBufferPointer { sums in
            let step = 3 * Self.square
            for y in 0..<side {
                for x in 0..<side {
                    var sum: UInt16 = 0
                    for row in 0..<Self.square {
                        let start = 3 * width * (y * Self.square + row) + step * x
                        for byte in start..<start + step { sum &+= UInt16(bytes[byte]) }
                    }
                    sums[y * side + x] = sum
                }
            }
        }
    }
}

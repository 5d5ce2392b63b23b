import FOMMCore
import Frames
import Glibc
import Motion
import System

/// Where a face may be, and where keypoints say that it is.
extension FrameSquare {
    /// A square that a user asks for.
    ///
    /// - Parameter option: by which.
    /// - Throws: ``PuppetError`` `.badCrop` where it is not inside the picture.
    init(x: Int, y: Int, exactly side: Int, in size: FrameSize, option: String) throws(PuppetError) {
        self.init(x: x, y: y, side: side, in: size)
        guard self.x == x, self.y == y, self.side == side else {
            throw PuppetError(
                .badCrop, "\(option) \(x),\(y),\(side)", "is not inside the picture of \(size)",
                hint: "give X,Y,SIZE with X + SIZE up to \(size.width) and Y + SIZE up to \(size.height)")
        }
    }

    /// Squares of one size all over a picture, from its middle outwards.
    ///
    /// - Parameters:
    ///   - share: their side, as a share of the picture's shorter one.
    ///   - step: how far apart they are at most, as a share of their own side.
    static func covering(_ size: FrameSize, share: Double, step: Double) -> [FrameSquare] {
        let side = max(1, Int((share * Double(min(size.width, size.height))).rounded()))
        func starts(_ length: Int) -> [Int] {
            let room = length - side
            let count = Int((Double(room) / (step * Double(side))).rounded(.up)) + 1
            return count == 1 ? [room / 2] : (0..<count).map { room * $0 / (count - 1) }
        }
        let all = starts(size.height).flatMap { y in
            starts(size.width).map { FrameSquare(x: $0, y: y, side: side, in: size) }
        }
        let middle = FrameSquare.centred(in: size)
        return all.sorted { $0.distance(to: middle) < $1.distance(to: middle) }
    }

    /// The square in which a face would lie as another does in its own, as far as the picture goes.
    ///
    /// - Parameters:
    ///   - keypoints: of the face, in this square. Finite.
    ///   - reference: of the other face.
    ///   - size: of the picture.
    ///   - smallest: side, as a share of the picture's shorter one.
    func framing(
        _ keypoints: Keypoints, as reference: Keypoints, in size: FrameSize, smallest: Double
    ) -> FrameSquare {
        let fit = Similarity.leastSquares(from: reference, to: keypoints)
        let shorter = Double(min(size.width, size.height))
        let side = max(smallest * shorter, min(shorter, Double(self.side) * fit.scale))
        let half = Double(self.side) / 2
        let middle = SIMD2(Double(x), Double(y)) + half * (fit.centre + fit.shift + 1)
        let corner = middle - side / 2 * (fit.centre + 1)
        return FrameSquare(
            x: Int(corner.x.rounded()), y: Int(corner.y.rounded()), side: Int(side.rounded()), in: size)
    }

    /// Between the middles; pixels.
    func apart(from other: FrameSquare) -> Double {
        hypot(Double(2 * (x - other.x) + side - other.side) / 2, Double(2 * (y - other.y) + side - other.side) / 2)
    }

    /// Between the middles, and in side, whichever is more; pixels.
    func distance(to other: FrameSquare) -> Double {
        max(apart(from: other), abs(Double(side - other.side)))
    }
}

import FOMMCore
import Frames

/// The photograph that an avatar was cut out of, and how its moving square goes back into it.
///
/// Along the edges of the square that are none of the photograph's, nothing moves, and the square goes over into what is
/// around it. So nothing is cut off there, and nothing is seen twice.
package struct Surroundings: Sendable {
    /// As large as the pictures that are made: even both ways.
    let photograph: PixelBuffer
    /// Where the avatar is in it.
    package let square: FrameSquare
    /// What of the original picture that is: whole pixels of either.
    let original: FrameSquare
    /// How much of the motion is left.
    let motion: MotionShare
    /// How much the square covers of the photograph: 0...255 for every byte of its pixels.
    let cover: [UInt8]

    /// Longest side of the pictures that are made; larger ones would show more of what stands still, not of the face.
    package static let longestSide = 1280
    /// How far from a seam all of the motion is there, and how far the square has the upper hand: shares of its side.
    private static let (motionMargin, coverMargin) = (0.18, 0.12)

    /// - Parameters:
    ///   - picture: the original; at least two pixels both ways.
    ///   - square: what the avatar is to be of it.
    ///   - motionSize: ``FOMMModel/motionSize``.
    init(of picture: PixelBuffer, about square: FrameSquare, motionSize: Int) {
        let longest = max(picture.size.width, picture.size.height)
        let factor = max(1, (longest + Self.longestSide - 1) / Self.longestSide)
        let photograph = picture.reduced(by: factor).even
        func small(_ length: Int) -> Int { (2 * length + factor) / (2 * factor) }
        let place = FrameSquare(
            x: small(square.x), y: small(square.y), side: small(square.side), in: photograph.size)
        let seams = Seams(of: place, in: photograph.size)
        self.photograph = photograph
        self.square = place
        original = FrameSquare(
            x: factor * place.x, y: factor * place.y, side: factor * place.side, in: picture.size)
        motion = MotionShare(size: motionSize) { seams.distance($0, $1, of: Self.motionMargin) }
        let line = (0..<place.side).map { (Double($0) + 0.5) / Double(place.side) }
        cover = line.flatMap { y in
            line.flatMap { x in
                let share = UInt8((255 * seams.distance(x, y, of: Self.coverMargin)).rounded())
                return [share, share, share]
            }
        }
    }
}

/// The edges of a square that are not the edges of the picture it is in.
private struct Seams {
    let left, right, top, bottom: Bool

    init(of square: FrameSquare, in size: FrameSize) {
        (left, right) = (square.x > 0, square.x + square.side < size.width)
        (top, bottom) = (square.y > 0, square.y + square.side < size.height)
    }

    /// 0 at a seam, 1 from `margin` on, smooth between.
    ///
    /// - Parameter x, y: 0...1 from the square's upper left corner.
    func distance(_ x: Double, _ y: Double, of margin: Double) -> Double {
        func ramp(_ distance: Double, _ isSeam: Bool) -> Double {
            guard isSeam, distance < margin else { return 1 }
            let share = distance / margin
            return share * share * (3 - 2 * share)
        }
        return ramp(x, left) * ramp(1 - x, right) * ramp(y, top) * ramp(1 - y, bottom)
    }
}

extension PixelBuffer {
    /// Without the last column and row where there is an odd number of them: video has them by twos.
    fileprivate var even: PixelBuffer {
        let size = FrameSize(width: max(1, self.size.width & ~1), height: max(1, self.size.height & ~1))
        guard size != self.size else { return self }
        return PixelBuffer(size: size) { output in
            withBytes { bytes in
                for y in 0..<size.height {
                    let row = bytes[3 * self.size.width * y..<3 * (self.size.width * y + size.width)]
                    UnsafeMutableRawBufferPointer(rebasing: output[(3 * size.width * y)...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: row))
                }
            }
        }
    }
}

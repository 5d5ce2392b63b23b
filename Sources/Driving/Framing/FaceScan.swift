import Assets
import FOMMCore
import Frames
import Motion
import System

/// Finds the faces in a picture, wherever they are and however small.
///
/// Asks the keypoint detector, as ``FaceFinder`` does for live video, but all squares of one picture: from the largest to
/// the smallest, half a side apart. Where one looks like a face, the keypoints say where it is, until that settles. The
/// reference is the bundled portrait: a face is cut out with the head room that the model was trained with. How often it
/// errs: docs/portraits.md. One queue owns a value.
package final class FaceScan {
    private let detector: FrameDetector
    /// What the detector finds in the bundled portrait.
    let reference: Detection
    private let confidence: FaceConfidence
    /// Squares looked at so far, each about as much work as a frame's keypoints.
    private(set) var looks = 0

    /// Sides of the squares, as shares of the picture's shorter side.
    private static let shares = [1, 0.7, 0.5, 0.35, 0.24, 0.17]
    private static let step = 0.5
    /// A square has that many pixels at least: a fraction of what the detector looks at.
    private static let leastSide = 40.0
    /// Pictures are looked at with so many pixels along their shorter side: the smallest square is then what the detector
    /// looks at.
    private static let shorterSide = 512
    /// Confidence from which a square is followed up, and how many of one size at most.
    private static let (hint, followed) = (0.3, 5)
    /// Confidence from which there is no doubt: where there is such a face, smaller ones below it are none.
    private static let sure = 0.85
    /// Confidence that will do for one that is larger than those: few things that are large look like a face.
    private static let likely = 0.7
    /// Confidence from which the best of the picture is a face where none is certain: a painting's, an animal's.
    static let possible = 0.5
    private static let refinements = 6
    /// Contrast below which a square is wall or sky.
    private static let flat = 6.0
    /// A square that is that near to the one before is the same: shares of the side.
    private static let settled = 0.02
    /// A face lies well in the middle square where its own is nearly as large and nearly there: shares of the side.
    private static let (leastShare, offCentre) = (0.8, 0.1)
    /// Faces nearer to one another than that are the same: shares of the larger side.
    private static let same = 0.35

    /// A face by its number.
    package struct Framed: Sendable {
        /// `nil` where there are fewer.
        package let face: FoundFace?
        /// How many there are; smaller ones are not looked for where the largest will do.
        package let count: Int
    }

    /// - Parameter detector: shared with whoever made it, on the same queue. Where its model's keypoints have no names, and
    ///   may be anywhere, the bundled model is asked instead.
    /// - Throws: ``FrameError``, ``WeightError`` where the bundled files are damaged.
    package init(_ detector: FrameDetector) throws {
        let isNamed = FaceKeypoints(names: detector.model.configuration.keypointNames) != nil
        let detector = isNamed ? detector : FrameDetector(try FOMMModel(EmbeddedAssets.model), threads: 1)
        self.detector = detector
        let portrait = try EmbeddedAssets.portrait()
        let frame = Self.cut(.centred(in: portrait.size), side: detector.model.frameSize, of: portrait)
        reference = frame.withBytes { detector.detection(rgb8: $0) }
        confidence = FaceConfidence(initial: reference)
    }

    /// The square about a face: the middle one where it lies well in it already.
    ///
    /// - Parameters:
    ///   - number: which face; 1 is the largest.
    ///   - known: all that are in the picture, where they are known.
    ///   - least: smaller squares are not looked at, as a share of the picture's shorter side.
    package func framed(
        _ number: Int = 1, in picture: PixelBuffer, known: [FoundFace]? = nil, least: Double = 0
    ) -> Framed {
        let middle = FrameSquare.centred(in: picture.size)
        if number == 1 {
            let seen = look(at: middle, of: picture)
            let (square, side) = (square(of: seen, in: picture.size), Double(middle.side))
            if seen.confidence >= Self.sure, Double(square.side) >= Self.leastShare * side,
                square.apart(from: middle) <= Self.offCentre * side
            {
                return Framed(face: seen, count: max(1, known?.count ?? 1))
            }
        }
        let found = known ?? faces(in: picture, stopsEarly: number == 1, least: least)
        return Framed(face: number <= found.count ? found[number - 1] : nil, count: found.count)
    }

    /// - Parameters:
    ///   - stopsEarly: whether smaller faces are of no interest once one is certain.
    ///   - least: as for ``framed(_:in:known:least:)``.
    /// - Returns: the largest first.
    package func faces(in picture: PixelBuffer, stopsEarly: Bool = false, least: Double = 0) -> [FoundFace] {
        let factor = max(1, min(picture.size.width, picture.size.height) / Self.shorterSide)
        let small = picture.reduced(by: factor)
        var found: [FoundFace] = []
        let leastSide = max(Self.leastSide, least * Double(min(small.size.width, small.size.height)))
        for share in Self.shares where share * Double(min(small.size.width, small.size.height)) >= leastSide {
            for hint in hints(share, in: small) {
                let aim = square(of: hint, in: small.size)
                guard !found.contains(where: { Self.areSame($0.square, aim) }) else { continue }
                let face = settled(hint, in: small)
                guard face.confidence >= Self.possible, !found.contains(where: { Self.areSame($0.square, face.square) })
                else { continue }
                found.append(face)
            }
            if stopsEarly, found.contains(where: { $0.confidence >= Self.sure }) { break }
        }
        return Self.certain(found).sorted { $0.square.side > $1.square.side }.map {
            let (x, y, side) = (factor * $0.square.x, factor * $0.square.y, factor * $0.square.side)
            return FoundFace(
                square: FrameSquare(x: x, y: y, side: side, in: picture.size), detection: $0.detection,
                confidence: $0.confidence)
        }
    }

    /// What a square shows, as if it were a face.
    package func look(at square: FrameSquare, of picture: PixelBuffer) -> FoundFace {
        look(at: square, Self.cut(square, side: detector.model.frameSize, of: picture))
    }

    private func look(at square: FrameSquare, _ frame: PixelBuffer) -> FoundFace {
        looks += 1
        let detection = frame.withBytes { detector.detection(rgb8: $0) }
        return FoundFace(square: square, detection: detection, confidence: confidence(detection, forgiving: true))
    }

    /// Squares of one size that look like faces, the likeliest first.
    private func hints(_ share: Double, in picture: PixelBuffer) -> ArraySlice<FoundFace> {
        let squares = FrameSquare.covering(picture.size, share: share, step: Self.step)
        let fit = SquareFit(from: picture.size, side: detector.model.frameSize, square: squares[0])
        let seen = squares.compactMap { square -> FoundFace? in
            fit.move(to: square)
            let frame = PixelBuffer(size: FrameSize(square: fit.side)) { fit(picture, into: $0) }
            return frame.contrast < Self.flat ? nil : look(at: square, frame)
        }
        return seen.filter { $0.confidence >= Self.hint }.sorted { $0.confidence > $1.confidence }
            .prefix(Self.followed)
    }

    private static func cut(_ square: FrameSquare, side: Int, of picture: PixelBuffer) -> PixelBuffer {
        let fit = SquareFit(from: picture.size, side: side, square: square)
        return PixelBuffer(size: FrameSize(square: side)) { fit(picture, into: $0) }
    }

    private static func certain(_ found: [FoundFace]) -> [FoundFace] {
        let largest = found.filter { $0.confidence >= sure }.map(\.square.side).max() ?? .max
        let certain = found.filter { $0.confidence >= ($0.square.side > largest ? likely : sure) }
        return certain.isEmpty ? found.max { $0.confidence < $1.confidence }.map { [$0] } ?? [] : certain
    }

    /// In which the face would lie as the reference does, by what was seen of it.
    ///
    /// - Parameter size: of the picture.
    package func square(of hint: FoundFace, in size: FrameSize) -> FrameSquare {
        hint.square.framing(
            hint.detection.keypoints, as: reference.keypoints, in: size,
            smallest: Self.leastSide / Double(min(size.width, size.height)))
    }

    /// Where the keypoints lead to; as good as the last square that did not lose the face.
    private func settled(_ hint: FoundFace, in picture: PixelBuffer) -> FoundFace {
        var face = hint
        for _ in 0..<Self.refinements {
            let square = self.square(of: face, in: picture.size)
            if square.distance(to: face.square) <= Self.settled * Double(face.square.side) { break }
            let seen = look(at: square, of: picture)
            guard seen.confidence > Self.hint else { break }
            face = seen
        }
        return face
    }

    private static func areSame(_ one: FrameSquare, _ other: FrameSquare) -> Bool {
        one.apart(from: other) < same * Double(max(one.side, other.side))
    }
}

extension PixelBuffer {
    /// Standard deviation of green, on a grid of every eighth pixel; in levels.
    fileprivate var contrast: Double {
        withBytes { bytes in
            var (sum, squares, count) = (0, 0, 0)
            for y in stride(from: 0, to: size.height, by: 8) {
                for x in stride(from: 0, to: size.width, by: 8) {
                    let level = Int(bytes[3 * (y * size.width + x) + 1])
                    sum += level
                    squares += level * level
                    count += 1
                }
            }
            let mean = Double(sum) / Double(count)
            return max(0, Double(squares) / Double(count) - mean * mean).squareRoot()
        }
    }
}

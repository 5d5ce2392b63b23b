import Testing

@testable import Capture
@testable import Frames

/// Reads off the bundled portrait's pixels how far its eyes are open and how high its brows are, head at rest: a judge
/// that the model has no part in.
struct PortraitRuler {
    private let geometry: FaceGeometry

    /// `mirrored`: of the test camera's frames.
    init(mirrored: Bool) { geometry = mirrored ? .portrait.mirrored : .portrait }

    /// How much darkness there is down the middle of the eyes, from the lid's skin to below the lower lid, against the cheek:
    /// much of an iris, little of the lashes of a shut eye, wherever they lie.
    func lids(_ frame: Frame) -> Double {
        mean { eye in
            let (size, middle) = (Float(frame.pixels.size.height), (eye.corners.left + eye.corners.right) / 2)
            let columns = middle.x - 6 / 512...middle.x + 6 / 512
            let bottom = middle.y + 1.5 * eye.opening.below
            let cheek = luminance(frame, columns, bottom + 4 / 512...bottom + 10 / 512)
            let rows = Int((middle.y - eye.opening.above) * size)...Int(bottom * size)
            return rows.reduce(0) { sum, row in
                let at = Float(row) / size
                return sum + max(0, cheek - luminance(frame, columns, at...at))
            }
        }
    }

    /// How high the brows are, in parts of the picture: the darkest row of the band that they move in, between rows by a
    /// parabola.
    func brows(_ frame: Frame) -> Double {
        mean { eye in
            let (brow, size) = (eye.brow, Float(frame.pixels.size.height))
            let columns = 0.8 * brow.ends.left + 0.2 * brow.ends.right...0.2 * brow.ends.left + 0.8 * brow.ends.right
            let rows = Int((brow.height - 2.2 * brow.rise) * size)...Int((brow.height + 0.7 * brow.rise) * size)
            let profile = rows.map { luminance(frame, columns, Float($0) / size...Float($0) / size) }
            let darkest = profile.indices.dropFirst().dropLast().min { profile[$0] < profile[$1] }!
            let (above, at, below) = (profile[darkest - 1], profile[darkest], profile[darkest + 1])
            let between = (above - below) / max(2 * (above - 2 * at + below), 1e-6)
            return -(Double(rows.lowerBound + darkest) + min(max(between, -0.5), 0.5)) / Double(size)
        }
    }

    private func mean(_ value: (FaceGeometry.Eye) -> Double) -> Double {
        geometry.eyes.map(value).reduce(0, +) / Double(geometry.eyes.count)
    }

    /// Mean of red, green and blue over a rectangle, 0...255.
    private func luminance(_ frame: Frame, _ columns: ClosedRange<Float>, _ rows: ClosedRange<Float>) -> Double {
        let (width, height) = (frame.pixels.size.width, frame.pixels.size.height)
        return frame.pixels.withBytes { bytes in
            var (sum, count) = (0, 0)
            for y in Int(rows.lowerBound * Float(height))...Int(rows.upperBound * Float(height)) {
                for x in Int(columns.lowerBound * Float(width))...Int(columns.upperBound * Float(width)) {
                    for channel in 0..<3 { sum += Int(bytes[(y * width + x) * 3 + channel]) }
                    count += 3
                }
            }
            return Double(sum) / Double(count)
        }
    }
}

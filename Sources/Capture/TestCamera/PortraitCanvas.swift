import Frames

/// The person, cut out of the portrait and fitted into the camera's frame, with a margin all round for what movements
/// bring into view.
///
/// The portrait is mirrored, so that the test face is not the default avatar over again; it keeps its aspect, touches
/// the bottom of the frame and is centred. What it does not cover shows its edges carried on.
struct PortraitCanvas {
    /// Including the margin.
    let width: Int
    let height: Int
    /// The frame's top left corner.
    let origin: SIMD2<Float>
    /// The portrait's top left corner and side, in canvas pixels.
    let portraitOrigin: SIMD2<Float>
    let side: Float
    /// `width` to a row; R, G, B, cover from the lowest byte up. Cover is 255 on the person and 0 on the backdrop, and
    /// the colours are already multiplied by it.
    let pixels: [UInt32]

    /// How much of the frame's longer side is added on each side: the largest shift, and room for a tilt.
    private static let margin = 0.14

    init(portrait: Frame, frameSize: FrameSize, geometry: FaceGeometry) {
        let margin = Int((Double(max(frameSize.width, frameSize.height)) * Self.margin).rounded(.up)) + 1
        width = frameSize.width + 2 * margin
        height = frameSize.height + 2 * margin
        origin = SIMD2(repeating: Float(margin))
        let fitted = min(frameSize.width, frameSize.height)
        side = Float(fitted)
        portraitOrigin = [Float(margin + (frameSize.width - fitted) / 2), Float(margin + frameSize.height - fitted)]

        let picture = FittedPortrait(portrait, side: fitted)
        var pixels: [UInt32] = []
        pixels.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width {
                let place = Self.carriedOn((SIMD2(Float(x), Float(y)) + 0.5 - portraitOrigin) / side)
                let colour = picture.colour(at: place)
                let cover = Self.cover(of: colour, at: place, geometry)
                pixels.append(packedPixel(cover * SIMD4(colour, 255)))
            }
        }
        self.pixels = pixels
    }

    /// The mix of the four pixels around a place, in canvas pixels; a whole number is the middle of one.
    func colour(at place: SIMD2<Float>) -> UInt32 {
        let limited = place.clamped(lowerBound: .zero, upperBound: SIMD2(Float(width - 1), Float(height - 1)))
        let (left, above) = (Int(limited.x), Int(limited.y))
        let (right, below) = (min(left + 1, width - 1), min(above + 1, height - 1))
        let aside = UInt32(256 * (limited.x - Float(left)))
        return mix(
            mix(pixels[above * width + left], pixels[above * width + right], aside),
            mix(pixels[below * width + left], pixels[below * width + right], aside),
            UInt32(256 * (limited.y - Float(above))))
    }

    /// Where to look for a colour: outside the portrait its nearest edge, but beyond the left and right ones ever
    /// higher up, so that shoulders fall away instead of running straight on.
    private static func carriedOn(_ place: SIMD2<Float>) -> SIMD2<Float> {
        let overshoot = max(-place.x, place.x - 1, 0)
        return SIMD2(place.x, place.y - 1.4 * overshoot).clamped(lowerBound: .zero, upperBound: .one)
    }

    /// 1 on the person, 0 on the backdrop. Well inside and well outside the outline its place decides; near it, whether
    /// the colour is the backdrop's, which is brighter and greyer than hair, skin and suit.
    private static func cover(of colour: SIMD3<Float>, at place: SIMD2<Float>, _ geometry: FaceGeometry) -> Float {
        let (head, body) = (geometry.head.radius(at: place), geometry.body.radius(at: place))
        let inside = max(1 - smoothstep(0.62, 0.7, head), 1 - smoothstep(0.74, 0.8, body))
        let near = max(1 - smoothstep(1, 1.1, head), 1 - smoothstep(1.08, 1.2, body))
        let isPerson = max(smoothstep(26, 44, colour.x - colour.z), 1 - smoothstep(146, 168, colour.sum() / 3))
        return max(inside, near * isPerson)
    }
}

/// Four bytes from four values of 0...255, the first lowest.
func packedPixel(_ value: SIMD4<Float>) -> UInt32 {
    let bytes = SIMD4<UInt32>(value.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)) + 0.5)
    return bytes.x | bytes.y << 8 | bytes.z << 16 | bytes.w << 24
}

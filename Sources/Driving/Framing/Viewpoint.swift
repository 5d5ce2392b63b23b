import FOMMCore
import Frames

/// What keypoints are relative to: a square of a source's picture, seen by the network with so many pixels along a side.
package struct Viewpoint: Hashable, Sendable {
    package let square: FrameSquare
    /// Of the source's whole picture.
    package let sourceSize: FrameSize
    /// Rows and columns of the network's frame.
    package let side: Int

    package init(_ square: FrameSquare, of sourceSize: FrameSize, side: Int) {
        self.square = square
        self.sourceSize = sourceSize
        self.side = side
    }

    /// Of a frame that ``SquareFit`` has cut out.
    init(of frame: Frame) {
        self.init(
            frame.part.square ?? .centred(in: frame.sourceSize), of: frame.sourceSize, side: frame.size.width)
    }

    /// Lengths here, as fractions of the shorter side of the source's picture, per unit of keypoint coordinates; and where
    /// coordinate 0 is, from the middle of the picture.
    fileprivate var frame: (scale: Double, centre: SIMD2<Double>) {
        let unit = Double(min(sourceSize.width, sourceSize.height))
        let half = Double(square.side) / 2
        // -1 and 1 are the centres of the outermost pixels.
        let scale = half * Double(side - 1) / Double(side) / unit
        let middle = SIMD2(Double(sourceSize.width), Double(sourceSize.height)) / 2
        return (scale, (SIMD2(Double(square.x) + half, Double(square.y) + half) - middle) / unit)
    }
}

extension Keypoints {
    /// The same points of the source's picture as another viewpoint has them. A source that came back with another size is
    /// taken to show the same scene, centred.
    ///
    /// - Returns: bit for bit the same for one and the same viewpoint.
    package func seen(from: Viewpoint, as to: Viewpoint) -> Keypoints {
        guard from != to else { return self }
        let (a, b) = (from.frame, to.frame)
        let ratio = a.scale / b.scale
        var result = self
        for index in 0..<count {
            let place = a.centre + a.scale * SIMD2<Double>(self[value: index])
            result[value: index] = SIMD2<Float>((place - b.centre) / b.scale)
            let jacobian = self[jacobian: index]
            result[jacobian: index] = Matrix2x2(
                jacobian.xx * ratio, jacobian.xy * ratio, jacobian.yx * ratio, jacobian.yy * ratio)
        }
        return result
    }
}

extension Detection {
    /// The same, as another viewpoint has it; see ``Keypoints/seen(from:as:)``.
    package func seen(from: Viewpoint, as to: Viewpoint) -> Detection {
        guard from != to else { return self }
        let ratio = Float(from.frame.scale / to.frame.scale)
        return Detection(keypoints: keypoints.seen(from: from, as: to), spreads: spreads * ratio)
    }
}

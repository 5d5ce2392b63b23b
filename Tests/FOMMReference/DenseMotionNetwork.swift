import FOMMCore
import Foundation

/// Keypoints of the source and of the driving frame to how every pixel moves. PyTorch: `DenseMotionNetwork`,
/// `modules/dense_motion.py`; section 3.2.
struct DenseMotionNetwork: Sendable {
    let network: HeadedHourglassDescription
    let configuration: ModelConfiguration
    let layers: Layers

    func callAsFunction(_ avatar: Tensor, source: Keypoints, driving: Keypoints) throws -> ReferenceMotion {
        let small = try layers.reduced(avatar, for: network)
        let pixels = Grid(height: small.height, width: small.width)
        let motions = sparseMotions(pixels, source: source, driving: driving)
        let heatmaps = heatmaps(pixels, source: source, driving: driving)
        let input = zip(heatmaps, motions).flatMap { heatmap, motion in
            [heatmap, small.sampled(at: motion, alignCorners: configuration.alignCorners)]
        }

        let features = try layers.hourglass(network.hourglass, Tensor.joining(input))
        let mask = try layers.convolution(network.heads[0], features).softmaxOverChannels()
        let occlusion = try network.heads.dropFirst().first.map { try layers.convolution($0, features).sigmoid() }
        let area = small.height * small.width
        let deformation = (0..<area).map { pixel in
            motions.indices.reduce(SIMD2<Double>.zero) { sum, index in
                sum + Double(mask.values[index * area + pixel]) * SIMD2<Double>(motions[index].points[pixel])
            }
        }
        return ReferenceMotion(
            source: small, mask: mask,
            deformation: Grid(height: small.height, width: small.width, deformation.map { SIMD2<Float>($0) }),
            occlusion: occlusion)
    }

    /// `x_S + J_S J_D^-1 (z - x_D)` for every keypoint, after the background, which stays. Eq. 4. A Jacobian without inverse
    /// moves without stretching.
    private func sparseMotions(_ pixels: Grid, source: Keypoints, driving: Keypoints) -> [Grid] {
        [pixels]
            + (0..<source.count).map { index in
                let inverse = source.hasJacobians ? driving[jacobian: index].inverse : nil
                let linear = inverse.map { source[jacobian: index] * $0 } ?? .identity
                let (from, to) = (SIMD2<Double>(driving[value: index]), SIMD2<Double>(source[value: index]))
                let points = pixels.points.map { SIMD2<Float>(to + linear * (SIMD2<Double>($0) - from)) }
                return Grid(height: pixels.height, width: pixels.width, points)
            }
    }

    /// Where the keypoints are less where they were, as Gaussians; zeros for the background. Eq. 6.
    private func heatmaps(_ pixels: Grid, source: Keypoints, driving: Keypoints) -> [Tensor] {
        func gaussian(_ keypoints: Keypoints, _ index: Int, _ point: SIMD2<Float>) -> Double {
            let way = SIMD2<Double>(point) - SIMD2<Double>(keypoints[value: index])
            return exp(-0.5 * (way * way).sum() / Double(configuration.keypointVariance))
        }
        let (height, width) = (pixels.height, pixels.width)
        let background = Tensor(channels: 1, height: height, width: width) { _, _, _ in 0 }
        return [background]
            + (0..<source.count).map { index in
                Tensor(channels: 1, height: height, width: width) { _, row, column in
                    let point = pixels[row, column]
                    return Float(gaussian(driving, index, point) - gaussian(source, index, point))
                }
            }
    }
}

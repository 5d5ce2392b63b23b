import FOMMCore

/// Frame to keypoints. PyTorch: `KPDetector`, `modules/keypoint_detector.py`; section 3.1.
struct KPDetector: Sendable {
    let network: HeadedHourglassDescription
    let configuration: ModelConfiguration
    let layers: Layers

    func callAsFunction(_ frame: Tensor) throws -> (keypoints: Keypoints, heatmaps: Tensor) {
        let features = try layers.hourglass(network.hourglass, layers.reduced(frame, for: network))
        let logits = try layers.convolution(network.heads[0], features, padding: configuration.headPadding)
        let heatmaps = logits.softmaxOverPixels(times: 1 / configuration.temperature)
        let maps = try network.heads.dropFirst().first.map {
            try layers.convolution($0, features, padding: configuration.headPadding)
        }

        let grid = Grid(height: heatmaps.height, width: heatmaps.width).tensor
        var keypoints = Keypoints(count: heatmaps.channels, hasJacobians: maps != nil)
        for index in 0..<keypoints.count {
            let heatmap = heatmaps.channel(index).values
            /// Of a picture's channel, weighted by the heatmap.
            func mean(_ picture: Tensor, _ channel: Int) -> Double {
                zip(heatmap, picture.channel(channel).values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            keypoints[value: index] = SIMD2(Float(mean(grid, 0)), Float(mean(grid, 1)))
            guard let maps else { continue }
            let first = maps.channels == 4 ? 0 : 4 * index
            keypoints[jacobian: index] = Matrix2x2(
                mean(maps, first), mean(maps, first + 1), mean(maps, first + 2), mean(maps, first + 3))
        }
        return (keypoints, heatmaps)
    }
}

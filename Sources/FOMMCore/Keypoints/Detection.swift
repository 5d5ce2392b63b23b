/// What a ``FrameDetector`` finds in a frame. Inline: copying allocates nothing.
public struct Detection: Sendable, Equatable {
    public let keypoints: Keypoints
    /// How far each keypoint's heatmap spreads about its mean: root mean square distance, in half frames (0...2). A
    /// detector that knows what it sees has narrow heatmaps. Lanes from `keypoints.count` on are 0.
    public let spreads: SIMD32<Float>

    public init(keypoints: Keypoints, spreads: SIMD32<Float>) {
        self.keypoints = keypoints
        self.spreads = spreads
    }
}

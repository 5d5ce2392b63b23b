/// What the bottleneck and the decoder of the generator, where most of the work is, are computed in.
///
/// Detector and dense motion are always float32: they decide where everything goes, and what they see (a face that turns
/// away further than the one the scales were found with) is less bounded than what an encoded avatar looks like.
public enum Precision: String, Sendable, CaseIterable {
    case float32
    /// 8-bit integers with float32 between the layers.
    case int8

    /// Whether the convolution whose weights are at `path` may be other than float32.
    static func applies(to path: String) -> Bool {
        path.hasPrefix("generator.") && !path.hasPrefix("generator.dense_motion_network.")
    }
}

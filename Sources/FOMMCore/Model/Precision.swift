/// What the convolutions that take most of the time are computed in: the generator's bottleneck and decoder, and, where a
/// model's ranges are known, most of the hourglasses of detector and dense motion.
public enum Precision: String, Sendable, CaseIterable {
    case float32
    /// 8-bit integers with float32 between the layers.
    case int8
}

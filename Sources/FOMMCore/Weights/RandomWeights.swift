import Foundation

/// Random numbers as the weights of a network, so large that every layer has as much to say as the one before it and the
/// keypoints and the picture come out lively. A tensor's numbers depend on the seed and its name alone.
public struct RandomWeights: WeightSource {
    private let seed: UInt64

    public init(seed: UInt64 = 1) { self.seed = seed }

    /// Weights of convolutions are numbers that float16 holds.
    public func values(of tensor: TensorDescription) -> [Float] {
        // The name's FNV-1a.
        let hash = tensor.name.utf8.reduce(seed) { hash, byte in (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var random = SplitMix64(state: hash)
        func uniform(around middle: Float = 0, reach: Float) -> [Float] {
            (0..<tensor.count).map { _ in middle + reach * random.nextUnit() }
        }
        switch tensor.role {
        case .weight:
            let gain: Float =
                switch tensor.name {
                case PartName.keypoints + ".weight": 4
                case PartName.jacobian + ".weight": 0.3
                default: 1.4
                }
            // Of the deviation that keeps the deviation of what passes through, times the gain.
            let reach = gain * (3 * Float(tensor.shape[0]) / Float(tensor.count)).squareRoot()
            return uniform(reach: reach).map { Float(Float16($0)) }
        case .bias where tensor.name == PartName.jacobian + ".bias":
            return (0..<tensor.count).map { $0 % 4 == 0 || $0 % 4 == 3 ? 1 : 0 }
        case .bias: return uniform(reach: 0.09)
        case .shift, .mean: return uniform(reach: 0.35)
        case .scale, .variance: return uniform(around: 1, reach: 0.3)
        case .blur: return Self.blur(tensor.shape)
        }
    }

    /// The Gaussian of PyTorch's `AntiAliasInterpolation2d`: a deviation of half the step less one.
    private static func blur(_ shape: [Int]) -> [Float] {
        let radius = shape[2] / 2
        let line = (-radius...radius).map { exp(-8 * Double($0 * $0) / Double(radius * radius)) }
        let sum = line.reduce(0, +)
        return (0..<shape[0]).flatMap { _ in line.flatMap { y in line.map { x in Float(x * y / (sum * sum)) } } }
    }
}

extension RandomWeights {
    /// A model file of these numbers, from front to back.
    ///
    /// - Parameters:
    ///   - network: whose tensors the file has.
    ///   - half: stores the weights of convolutions as float16; nothing is lost.
    ///   - sink: receives the file's bytes.
    /// - Throws: whatever `sink` does.
    public func write(
        _ network: NetworkDescription, half: Bool, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        let tensors = network.tensors
        func isHalf(_ tensor: TensorDescription) -> Bool { half && tensor.role == .weight }
        let header = SafetensorsHeader(tensors.map { .init($0.name, isHalf($0) ? .float16 : .float32, $0.shape) })
        try header.bytes.withUnsafeBytes(sink)
        for tensor in tensors {
            let values = values(of: tensor)
            try isHalf(tensor) ? values.map { Float16($0) }.withUnsafeBytes(sink) : values.withUnsafeBytes(sink)
        }
    }
}

import Dispatch

/// What a layer computes, and its shortest time among the frames that were measured.
public struct LayerTime: Sendable, Encodable {
    public let name: String
    public let method: String
    public let shape: String
    /// Multiply-adds of the definition.
    public let products: Double
    /// Multiply-adds that the method computes, without what fills unused lanes.
    public let computedProducts: Double
    /// In how many parts threads took it, each when it was done with the one before.
    public internal(set) var parts = 0
    /// Infinite as long as it was not measured.
    public internal(set) var milliseconds = Double.infinity

    /// A convolution.
    /// - Parameters:
    ///   - products: of the definition, per pair of an input and an output channel.
    ///   - computed: the part of them that `method` computes.
    init(
        _ name: String, _ method: String, _ input: TensorShape, _ output: TensorShape, products: Int,
        of convolution: Conv2d, computed: Double = 1
    ) {
        self.name = name
        self.method = method
        shape = "\(input) to \(output)"
        self.products =
            Double(products) * Double(convolution.inputChannels.channels * convolution.outputChannels.channels)
        computedProducts = self.products * computed
    }

    /// Anything else.
    init(_ name: String, _ output: TensorShape) {
        self.name = name
        method = ""
        shape = "\(output)"
        products = 0
        computedProducts = 0
    }
}

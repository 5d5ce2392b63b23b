import Dispatch

/// What a layer computes, for a table of layers.
struct LayerWork {
    let name: String
    let method: String
    let shape: String
    let products: Double
    let computed: Double

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
        self.computed = computed
    }

    /// Anything else.
    init(_ name: String, _ output: TensorShape) {
        self.name = name
        method = ""
        shape = "\(output)"
        products = 0
        computed = 0
    }
}

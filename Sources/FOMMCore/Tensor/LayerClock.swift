import Dispatch

/// What a layer computes, for a table of layers.
struct LayerWork {
    fileprivate let name: String
    fileprivate let method: String
    fileprivate let shape: String
    fileprivate let products: Double
    fileprivate let computed: Double

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

/// A layer's shortest time among the frames that were measured.
package struct LayerTime: Sendable, Encodable {
    package let name: String
    package let method: String
    package let shape: String
    /// Multiply-adds of the definition.
    package let products: Double
    /// Multiply-adds that the method computes, without what fills unused lanes.
    package let computedProducts: Double
    package fileprivate(set) var milliseconds: Double
}

/// Times the layers of a network, in the order in which they run. Belongs to the queue of its ``Workspace``.
final class LayerClock {
    private(set) var layers: [LayerTime] = []
    private var next = 0

    /// The layer that comes next is the first again.
    func startFrame() { next = 0 }

    fileprivate func record(_ work: LayerWork, milliseconds: Double) {
        if next == layers.count {
            layers.append(
                LayerTime(
                    name: work.name, method: work.method, shape: work.shape, products: work.products,
                    computedProducts: work.products * work.computed, milliseconds: milliseconds))
        }
        layers[next].milliseconds = min(layers[next].milliseconds, milliseconds)
        next += 1
    }
}

extension Workspace {
    /// Runs a layer, and times it where somebody wants to know.
    func timed<Result>(_ work: @autoclosure () -> LayerWork, _ layer: () -> Result) -> Result {
        guard let clock else { return layer() }
        let start = DispatchTime.now().uptimeNanoseconds
        defer { clock.record(work(), milliseconds: Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6) }
        return layer()
    }
}

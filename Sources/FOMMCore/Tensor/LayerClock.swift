import Dispatch

/// Times the layers of a network, in the order in which they run. Belongs to the queue of its ``Workspace``.
final class LayerClock {
    private(set) var layers: [LayerTime] = []
    private var next = 0
    /// Of the layer that is running, see ``LayerTime/parts``.
    var parts = 0

    /// The layer that comes next is the first again.
    func startFrame() { next = 0 }

    fileprivate func record(_ layer: LayerTime, milliseconds: Double) {
        if next == layers.count { layers.append(layer) }
        layers[next].parts = parts
        layers[next].milliseconds = min(layers[next].milliseconds, milliseconds)
        next += 1
    }
}

extension Workspace {
    /// Runs a layer, and times it where somebody wants to know.
    func timed<Result>(_ layer: @autoclosure () -> LayerTime, _ compute: () -> Result) -> Result {
        guard let clock else { return compute() }
        clock.parts = 0
        let start = DispatchTime.now().uptimeNanoseconds
        defer { clock.record(layer(), milliseconds: Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6) }
        return compute()
    }
}

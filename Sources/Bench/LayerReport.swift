import FOMMCore
import Foundation
import System

/// What `puppet bench --layers` measured.
package struct LayerReport: PrintableReport, Sendable {
    package struct Model: Encodable, Sendable {
        package let name: String
        package let detect: [LayerTime]
        package let generate: [LayerTime]
    }

    package let machine: BenchReport.Machine
    package let peakGflops: Double
    package let models: [Model]

    /// The same for people. GFLOP are those of the definition, so that methods can be compared; the part of the peak is
    /// what the method itself computes.
    package var table: String {
        var lines = [
            "\(machine.cpu), \(machine.threads) threads, \(machine.instructionSet); "
                + String(format: "peak %.0f GFLOP/s", peakGflops)
        ]
        for model in models {
            for (stage, layers) in [("detect", model.detect), ("dense motion, generate", model.generate)] {
                lines += ["", "\(model.name), \(stage)"]
                lines.append(row("layer", "method", "shape", "GFLOP", "ms", "GFLOP/s", "of peak", "parts"))
                lines += layers.map(line)
                let total = layers.reduce(0) { $0 + $1.milliseconds }
                lines.append(row("all of them", "", "", "", String(format: "%.2f", total), "", "", ""))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ layer: LayerTime) -> String {
        let milliseconds = String(format: "%.2f", layer.milliseconds)
        let parts = "\(layer.parts)"
        guard layer.products > 0 else { return row(layer.name, "", layer.shape, "", milliseconds, "", "", parts) }
        let perSecond = 2e-6 / layer.milliseconds
        return row(
            layer.name, layer.method, layer.shape, String(format: "%.3f", 2e-9 * layer.products), milliseconds,
            String(format: "%.0f", perSecond * layer.products),
            String(format: "%.0f %%", 100 * perSecond * layer.computedProducts / peakGflops), parts)
    }

    private func row(_ columns: String...) -> String {
        zip(columns, [33, 14, 40, 8, 8, 9, 8, 7]).enumerated().map { index, column in
            let (text, width) = (column.0, max(column.1, column.0.count + 1))
            return index < 3 ? text.left(in: width) : text.right(in: width)
        }.joined()
    }
}

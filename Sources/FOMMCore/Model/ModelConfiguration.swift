import Foundation

/// What the shapes of a model's tensors cannot tell. Everything else (keypoints, blocks, widths, Jacobians, occlusion map,
/// scale factors) is read off them.
package struct ModelConfiguration: Sendable, Equatable {
    /// Divides the detector's logits before the softmax.
    package var temperature: Float = 0.1
    /// Of the Gaussians that stand for keypoints in the dense motion network.
    package var keypointVariance: Float = 0.01
    /// Of the detector's 7x7 heads, in pixels.
    package var headPadding = 0
    /// Whether `grid_sample` puts -1 and 1 at the centres of the outermost pixels. The published weights were trained so.
    package var alignCorners = true

    package init() {}

    /// What a file's metadata says, defaults for the rest: `puppet.config` is the training configuration as JSON,
    /// `puppet.align_corners` is `true` or `false`.
    package init(_ contents: SafetensorsFile) throws(WeightError) {
        let file = contents.file.name
        func invalid(_ detail: String) -> WeightError { WeightError(.damaged, file: file, detail) }
        if let text = contents.metadata["puppet.align_corners"] {
            guard let value = Bool(text) else {
                throw invalid("puppet.align_corners is \"\(text)\", expected true or false")
            }
            alignCorners = value
        }
        guard let text = contents.metadata["puppet.config"] else { return }
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(text.utf8)) else {
            throw invalid("puppet.config is not the JSON of a training configuration")
        }
        temperature = stored.kp?.temperature ?? temperature
        keypointVariance = stored.dense?.keypointVariance ?? keypointVariance
        headPadding = stored.kp?.pad ?? headPadding
        guard temperature > 0, temperature.isFinite, keypointVariance > 0, keypointVariance.isFinite,
            (0...3).contains(headPadding)
        else {
            throw invalid(
                "puppet.config has temperature \(temperature), kp_variance \(keypointVariance), pad \(headPadding);"
                    + " expected both above 0 and a padding of 0 to 3")
        }
    }

    private struct Stored: Decodable {
        struct Detector: Decodable {
            let temperature: Float?
            let pad: Int?
        }
        struct Dense: Decodable {
            let keypointVariance: Float?

            private enum CodingKeys: String, CodingKey { case keypointVariance = "kp_variance" }
        }

        let kp: Detector?
        let dense: Dense?
    }
}

import Foundation

/// What the shapes of a model's tensors cannot tell. Everything else (keypoints, blocks, widths, Jacobians, occlusion map,
/// scale factors) is read off them.
public struct ModelConfiguration: Sendable, Equatable {
    /// Divides the detector's logits before the softmax.
    public var temperature: Float = 0.1
    /// Of the Gaussians that stand for keypoints in the dense motion network.
    public var keypointVariance: Float = 0.01
    /// Of the detector's 7x7 heads, in pixels.
    public var headPadding = 0
    /// Whether `grid_sample` puts -1 and 1 at the centres of the outermost pixels. The published weights were trained so.
    public var alignCorners = true
    /// Rows and columns of the frames it was trained on; `nil` where nothing says.
    public var frameSize: Int?
    /// Whether what it animates is best moved by the change of the keypoints since the first frame, not by the keypoints
    /// themselves.
    public var movesRelatively = true
    /// Whether it animates faces: what is known of faces, such as when there is none, does not apply to other things.
    public var animatesFaces = true
    /// What every keypoint stands for, in their order; empty where nobody says.
    public var keypointNames: [String] = []

    public init() {}

    /// What a file's metadata says, defaults for the rest: `puppet.config` is the training configuration as JSON,
    /// `puppet.align_corners` is `true` or `false`, `puppet.animates` names what it animates, `puppet.keypoints` is a JSON
    /// array of the keypoints' names.
    public init(_ contents: SafetensorsFile) throws(WeightError) {
        let file = contents.file.name
        func invalid(_ detail: String) -> WeightError { WeightError(.damaged, file: file, detail) }
        if let text = contents.metadata["puppet.align_corners"] {
            guard let value = Bool(text) else {
                throw invalid("puppet.align_corners is \"\(text)\", expected true or false")
            }
            alignCorners = value
        }
        if let text = contents.metadata["puppet.keypoints"] {
            guard let names = try? JSONDecoder().decode([String].self, from: Data(text.utf8)),
                names.count <= Keypoints.limit, Set(names).count == names.count
            else { throw invalid("puppet.keypoints is not a JSON array of different names, one for each keypoint") }
            keypointNames = names
        }
        animatesFaces = contents.metadata["puppet.animates"].map { $0 == "faces" } ?? true
        guard let text = contents.metadata["puppet.config"] else { return }
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(text.utf8)) else {
            throw invalid("puppet.config is not the JSON of a training configuration")
        }
        temperature = stored.kp?.temperature ?? temperature
        keypointVariance = stored.dense?.keypointVariance ?? keypointVariance
        headPadding = stored.kp?.pad ?? headPadding
        frameSize = stored.frameShape?.first
        movesRelatively = stored.animate?.usesRelativeMovement ?? movesRelatively
        if let complaint { throw invalid("puppet.config has \(complaint)") }
    }

    /// What no model can have; `nil` where all is well.
    public var complaint: String? {
        guard temperature > 0, temperature.isFinite, keypointVariance > 0, keypointVariance.isFinite,
            (0...3).contains(headPadding)
        else {
            return "temperature \(temperature), kp_variance \(keypointVariance), pad \(headPadding);"
                + " expected both above 0 and a padding of 0 to 3"
        }
        guard let frameSize, !(16...2048).contains(frameSize) else { return nil }
        return "frames of \(frameSize) pixels, expected 16 to 2048"
    }

    /// `puppet.config` of a file with this configuration.
    public var json: String {
        let stored = Stored(
            kp: .init(temperature: temperature, pad: headPadding), dense: .init(keypointVariance: keypointVariance),
            frameShape: frameSize.map { [$0, $0, 3] }, animate: .init(usesRelativeMovement: movesRelatively))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // A few finite numbers and flags always encode.
        return (try? encoder.encode(stored)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private struct Stored: Codable {
        struct Detector: Codable {
            let temperature: Float?
            let pad: Int?
        }
        struct Dense: Codable {
            let keypointVariance: Float?

            private enum CodingKeys: String, CodingKey { case keypointVariance = "kp_variance" }
        }
        struct Animation: Codable {
            let usesRelativeMovement: Bool?

            private enum CodingKeys: String, CodingKey { case usesRelativeMovement = "use_relative_movement" }
        }

        let kp: Detector?
        let dense: Dense?
        /// `[rows, columns, colours]`.
        let frameShape: [Int]?
        let animate: Animation?

        private enum CodingKeys: String, CodingKey {
            case kp, dense, animate
            case frameShape = "frame_shape"
        }
    }
}

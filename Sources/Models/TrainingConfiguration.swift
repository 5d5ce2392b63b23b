import FOMMCore
import System

/// What a model was trained with, as far as it matters for running it: from a configuration file, or from the table of the
/// published models. What is `nil` was not said.
struct TrainingConfiguration: Sendable, Equatable {
    /// Rows, columns, colours.
    var frameShape: [Int]?
    // What the tensors' shapes cannot tell:
    var temperature: Double?
    var keypointVariance: Double?
    var headPadding: Int?
    var usesRelativeMovement: Bool?
    // What they can, which has to agree:
    var keypoints: Int?
    var estimatesJacobian: Bool?
    var hasSingleJacobianMap: Bool?
    var estimatesOcclusionMap: Bool?
    var detectorScale: Double?
    var denseMotionScale: Double?

}

extension TrainingConfiguration {
    /// - Throws: ``PuppetError`` `.badConfig` for a value of the wrong kind, and for frames that are not square.
    init(_ file: ConfigFile) throws(PuppetError) {
        let dataset = "dataset_params."
        let model = "model_params."
        let dense = model + "generator_params.dense_motion_params."
        // `image_shape` is what five of the published files call it.
        for place in [dataset + "frame_shape", dataset + "image_shape"] {
            guard let shape = try file.numbers(place) else { continue }
            guard shape.count == 3, shape[0] == shape[1], shape[2] == 3, (16...2048).contains(shape[0]) else {
                throw file.wrong(place, "expected square frames of 16 to 2048 pixels in 3 colours")
            }
            frameShape = shape
        }
        temperature = try file.number(model + "kp_detector_params.temperature")
        keypointVariance = try file.number(dense + "kp_variance")
        headPadding = try Self.whole(file, model + "kp_detector_params.pad")
        usesRelativeMovement = try file.flag("animate_params.normalization_params.use_relative_movement")
        keypoints = try Self.whole(file, model + "common_params.num_kp")
        estimatesJacobian = try file.flag(model + "common_params.estimate_jacobian")
        hasSingleJacobianMap = try file.flag(model + "kp_detector_params.single_jacobian_map")
        estimatesOcclusionMap = try file.flag(model + "generator_params.estimate_occlusion_map")
        detectorScale = try file.number(model + "kp_detector_params.scale_factor")
        denseMotionScale = try file.number(dense + "scale_factor")
        guard file.hasMap("model_params") else {
            throw PuppetError(
                .badConfig, file.path, "it has no model_params",
                hint: "give the YAML file that the checkpoint was trained with")
        }
    }

    /// What a model of this training is run with.
    var modelConfiguration: ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.frameSize = frameShape?.first
        configuration.temperature = temperature.map { Float($0) } ?? configuration.temperature
        configuration.keypointVariance = keypointVariance.map { Float($0) } ?? configuration.keypointVariance
        configuration.headPadding = headPadding ?? configuration.headPadding
        configuration.movesRelatively = usesRelativeMovement ?? configuration.movesRelatively
        return configuration
    }

    /// What contradicts the tensors, as a sentence; `nil` where all agrees.
    func contradiction(to model: ModelArchitecture) -> String? {
        let jacobians = model.jacobianMaps > 0
        // With a single keypoint one map is all of them, and both settings are true of it.
        let isSingle = model.jacobianMaps == 1
        let facts: [(String, said: String?, found: String)] = [
            ("num_kp", keypoints.map { "\($0)" }, "\(model.keypoints)"),
            ("estimate_jacobian", estimatesJacobian.map { "\($0)" }, "\(jacobians)"),
            (
                "single_jacobian_map",
                jacobians && model.keypoints > 1 ? hasSingleJacobianMap.map { "\($0)" } : nil, "\(isSingle)"
            ),
            ("estimate_occlusion_map", estimatesOcclusionMap.map { "\($0)" }, "\(model.hasOcclusionMap)"),
            ("the detector's scale_factor", Self.step(detectorScale), "1/\(model.detector.reduction)"),
            ("dense_motion_params' scale_factor", Self.step(denseMotionScale), "1/\(model.dense.reduction)"),
        ]
        for (name, said, found) in facts {
            if let said, said != found { return "\(name) is \(said), but the checkpoint's tensors have \(found)" }
        }
        return nil
    }

    /// A scale factor as the step it means.
    private static func step(_ scale: Double?) -> String? {
        scale.map { $0 > 0 && $0 <= 1 ? "1/\(Int((1 / $0).rounded()))" : "\($0)" }
    }

    private static func whole(_ file: ConfigFile, _ place: String) throws(PuppetError) -> Int? {
        guard let number = try file.number(place) else { return nil }
        guard let whole = Int(exactly: number) else { throw file.wrong(place, "expected a whole number") }
        return whole
    }
}

/// What the parts of the network are called in the published checkpoints: the start of their tensors' names.
enum PartName {
    static let detectorBlur = "kp_detector.down"
    static let detectorHourglass = "kp_detector.predictor"
    static let keypoints = "kp_detector.kp"
    static let jacobian = "kp_detector.jacobian"

    static let motionBlur = "generator.dense_motion_network.down"
    static let motionHourglass = "generator.dense_motion_network.hourglass"
    static let mask = "generator.dense_motion_network.mask"
    static let occlusion = "generator.dense_motion_network.occlusion"

    static let first = "generator.first"
    /// Those that follow are numbered from 0 on.
    static let down = "generator.down_blocks."
    static let bottleneck = "generator.bottleneck.r"
    static let up = "generator.up_blocks."
    static let final = "generator.final"

    /// The numbered blocks of an hourglass.
    static func encoder(of hourglass: String) -> String { hourglass + ".encoder.down_blocks." }
    static func decoder(of hourglass: String) -> String { hourglass + ".decoder.up_blocks." }
}

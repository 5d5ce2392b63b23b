import FOMMCore

/// Models that puppet does not run, known by the names of their tensors.
enum ForeignModel {
    /// A model, and beginnings of names that no First Order Motion Model has.
    private static let known: [(model: String, names: [String])] = [
        // yoyo-nb/Thin-Plate-Spline-Motion-Model: logger.py, modules/keypoint_detector.py
        (
            "the Thin-Plate-Spline Motion Model (TPSMM)",
            ["inpainting_network.", "kp_detector.fg_encoder.", "bg_predictor.bg_encoder."]
        ),
        // snap-research/articulated-animation: logger.py
        ("Motion Representations for Articulated Animation (MRAA)", ["region_predictor."]),
        // KwaiVGI/LivePortrait: src/modules; published as a file for each network
        (
            "LivePortrait",
            [
                "appearance_feature_extractor.", "motion_extractor.", "warping_module.", "spade_generator.",
                "stitching_retargeting_module.", "retarget_shoulder.", "retarget_mouth.", "retarget_eye.",
                "detector.fc_kp.", "G_middle_0.", "resblocks_3d.", "dense_motion_network.compress.",
            ]
        ),
        // zhanglonghao1992/One-Shot_Free-View_Neural_Talking_Head_Synthesis: demo.py
        ("face-vid2vid (One-Shot Free-View Talking Heads)", ["he_estimator."]),
        // wyhsirius/LIA: networks/generator.py, saved as 'gen'
        ("the Latent Image Animator (LIA)", ["gen.enc.", "gen.dec."]),
        // AliaksandrSiarohin/monkey-net: modules/generator.py
        (
            "Monkey-Net, the forerunner of the First Order Motion Model",
            ["generator.appearance_encoder.", "generator.dense_motion_module.", "generator.video_decoder."]
        ),
        // AliaksandrSiarohin/motion-cosegmentation: part_swap.py
        ("Motion Supervised Co-part Segmentation", ["segmentation_module.", "reconstruction_module."]),
    ]

    /// - Parameter names: of a file's tensors.
    /// - Throws: `WeightError` `.unsupportedModel` for a model that is none of ours, with its name where it is known.
    static func refuse(_ names: Set<String>, file: String) throws(WeightError) {
        for (model, beginnings) in known {
            for beginning in beginnings {
                guard let name = names.filter({ $0.hasPrefix(beginning) }).min() else { continue }
                throw WeightError(
                    .unsupportedModel, file: file, "this is \(model): it has a tensor \(name)",
                    hint: "puppet runs First Order Motion Models only")
            }
        }
        for network in Checkpoint.networks where !names.contains(where: { $0.hasPrefix(network + ".") }) {
            throw WeightError(
                .unsupportedModel, file: file,
                "no First Order Motion Model: "
                    + (names.isEmpty ? "no tensors in it" : "no tensors of \(network) among its \(names.count)"),
                hint: "give a checkpoint that has generator and kp_detector")
        }
    }
}

import SystemPackage

/// A checkpoint that the authors of the First Order Motion Model published: what it is for, where it is, and what it was
/// trained with. docs/models.md shows the same table.
///
/// Sources: `config/*.yaml` of AliaksandrSiarohin/first-order-model; README.md and scripts/download_data.sh of
/// alievk/avatarify-python; demo.ipynb of graphemecluster/first-order-model-demo, which the authors' own demo uses.
package struct PublishedModel: Sendable, Equatable {
    /// What to call it, and the dataset it was trained on.
    package let name: String
    /// One word: `faces` or something else.
    package let animates: String
    package let description: String
    /// Of the published file.
    package let fileName: String
    /// Where it can be had, the best first.
    let urls: [String]
    /// Of the file at ``urls``, where its publisher says it.
    let md5: String?
    /// A bound on what is downloaded, in bytes.
    let mostBytes: Int
    let training: TrainingConfiguration

    /// Where people find all of them, by hand.
    package static let home = "https://github.com/AliaksandrSiarohin/first-order-model#pre-trained-checkpoint"

    /// Of the repository they were published with; nothing else was said about the weights.
    static let licence = "MIT, as the repository they were published with; the footage has its own terms"

    init(
        _ name: String, _ animates: String, _ description: String, file: String? = nil, urls: [String]? = nil,
        md5: String? = nil, mostBytes: Int = 1 << 30, singleJacobianMap: Bool = false
    ) {
        self.name = name
        self.animates = animates
        self.description = description
        fileName = file ?? "\(name)-cpk.pth.tar"
        self.urls = urls ?? ["\(Self.mirror)/\(fileName)"]
        self.md5 = md5
        self.mostBytes = mostBytes
        training = .published(singleJacobianMap: singleJacobianMap)
    }

    private static let mirror =
        "https://github.com/graphemecluster/first-order-model-demo/releases/download/checkpoints"

    package static let all = [
        // The one avatarify uses: the two networks alone, 228 MiB of them; the authors' file has the training state too.
        PublishedModel(
            "vox-adv", "faces", "talking faces, sharper: trained against a discriminator (VoxCeleb)",
            urls: [
                "https://openavatarify.s3-avatarify.com/weights/vox-adv-cpk.pth.tar",
                "https://openavatarify.s3.amazonaws.com/weights/vox-adv-cpk.pth.tar",
            ],
            md5: "8a45a24037871c045fbb8a6a8aa95ebc", mostBytes: 229 << 20),
        PublishedModel("vox", "faces", "talking faces (VoxCeleb)"),
        PublishedModel("nemo", "faces", "faces that begin to smile (UvA-NEMO)"),
        PublishedModel("taichi", "bodies", "whole bodies doing tai chi (TaiChiHD)"),
        PublishedModel("taichi-adv", "bodies", "the same, sharper: trained against a discriminator"),
        PublishedModel("fashion", "bodies", "people turning in clothes (Fashion Video)", file: "fashion.pth.tar"),
        PublishedModel("mgif", "cartoons", "cartoon animals that walk (MGif)", singleJacobianMap: true),
        PublishedModel("bair", "robots", "a robot's arm that pushes things (BAIR)"),
    ]

    package static func named(_ name: String) -> PublishedModel? { all.first { $0.name == name } }

    /// - Parameter path: of a checkpoint, or of a configuration such as vox-adv-256.yaml.
    static func ofFile(_ path: String) -> PublishedModel? {
        let file = FilePath(path).lastComponent?.string ?? path
        return all.first { model in
            [model.fileName, "\(model.name)-cpk.pth.tar", "\(model.name)-256.yaml", "\(model.name)-256"].contains(file)
        }
    }
}

extension TrainingConfiguration {
    /// What the eight published configurations say; mgif alone has a single Jacobian map. None says `kp_variance` or `pad`,
    /// whose defaults are in `modules/dense_motion.py` and `modules/keypoint_detector.py`.
    fileprivate static func published(singleJacobianMap: Bool) -> TrainingConfiguration {
        TrainingConfiguration(
            frameShape: [256, 256, 3], temperature: 0.1, keypointVariance: 0.01, headPadding: 0,
            usesRelativeMovement: true, keypoints: 10, estimatesJacobian: true, hasSingleJacobianMap: singleJacobianMap,
            estimatesOcclusionMap: true, detectorScale: 0.25, denseMotionScale: 0.25)
    }
}

import Foundation
import TestSupport
import Testing

@testable import Models
@testable import System

@Suite("Training configurations, as YAML and in the table")
struct ConfigFileTests {
    /// What the published files look like, with everything of YAML that they use.
    static let yaml = """
        # Dataset parameters
        dataset_params:
          root_dir: data/nemo-png\u{20}
          frame_shape: [256, 256, 3]
          augmentation_params:
            flip_param:
              horizontal_flip: True

        model_params:
          common_params:
            num_kp: 10
            estimate_jacobian: True
          kp_detector_params:
             temperature: 0.1   # softer
             scale_factor: 0.25
             pad: 0
          generator_params:
            estimate_occlusion_map: True
            dense_motion_params:
              kp_variance: 2.0e-2
              scale_factor: 0.25
        train_params:
          epoch_milestones: []
          lr_generator: 2.0e-4
         \u{20}
          format: '.mp4'
        animate_params:
          normalization_params:
            use_relative_movement: False
        """

    @Test func saysWhatItSays() throws {
        let training = try TrainingConfiguration(ConfigFile(path: "x.yaml", text: Self.yaml))
        #expect(training.frameShape == [256, 256, 3])
        #expect(training.temperature == 0.1)
        #expect(training.keypointVariance == 0.02)
        #expect(training.usesRelativeMovement == false)
        #expect(training.keypoints == 10)
        #expect(training.hasSingleJacobianMap == nil)
        let configuration = training.modelConfiguration
        #expect(configuration.frameSize == 256)
        #expect(configuration.keypointVariance == 0.02)
        #expect(!configuration.movesRelatively)
    }

    @Test func windowsLineEndsToo() throws {
        let text = Self.yaml.replacing("\n", with: "\r\n")
        #expect(
            try TrainingConfiguration(ConfigFile(path: "x", text: text))
                == TrainingConfiguration(ConfigFile(path: "x", text: Self.yaml)))
    }

    /// A line that is beyond what is read, its number, and what is said of it.
    private static let unreadable: [(String, Int, String)] = [
        ("a:\n  - b", 2, "has no key"), ("a: {b: 1}", 1, "no number, word or list"), ("a: &x 1", 1, "no number"),
        ("a: [1,\n 2]", 1, "a list that does not end"), ("a: 1\n  b: 2", 2, "indented as no line"),
        ("a:\n    b:\n  c: 1", 3, "indented as no line"), ("a:\n\tb: 1", 2, "with a tab"),
        ("a: 1\na: 2", 2, "says a again"), ("just words", 1, "has no key"), ("a b c: 1", 1, "no plain key"),
        ("a: |\n  text", 1, "no number"), ("a:1", 1, "no blank after :"), ("a: [[1], 2]", 1, "a list that"),
    ]

    @Test(arguments: unreadable)
    func whatItCannotReadIsAnError(_ text: String, _ line: Int, _ words: String) {
        let failure = failureLine { _ = try ConfigFile(path: "my.yaml", text: text) }
        #expect(failure?.hasPrefix("my.yaml: line \(line) ") == true, "\(failure ?? "accepted")")
        #expect(failure?.contains(words) == true, "\(failure ?? "accepted")")
    }

    /// A value in place of another, and what is said.
    private static let wrong: [(String, String, String)] = [
        ("temperature: 0.1   # softer", "temperature: warm", "line 14: temperature is warm, expected a number"),
        ("[256, 256, 3]", "[256, 128, 3]", "line 4: frame_shape is [256, 128, 3], expected square frames"),
        ("num_kp: 10", "num_kp: 9.5", "line 11: num_kp is 9.5, expected a whole number"),
        ("use_relative_movement: False", "use_relative_movement: maybe", "expected True or False"),
        ("model_params:", "model:", "it has no model_params"),
    ]

    @Test(arguments: wrong)
    func wrongValuesAreNamed(_ right: String, _ wrong: String, _ words: String) {
        let text = Self.yaml.replacing(right, with: wrong)
        let failure = failureLine { _ = try TrainingConfiguration(ConfigFile(path: "my.yaml", text: text)) }
        #expect(failure?.contains(words) == true, "\(failure ?? "accepted")")
    }

    @Test func publishedModelsAreKnownByTheirFiles() {
        #expect(PublishedModel.all.count == 8)
        for (file, name) in [
            ("/tmp/vox-adv-cpk.pth.tar", "vox-adv"), ("fashion.pth.tar", "fashion"), ("fashion-cpk.pth.tar", "fashion"),
            ("config/mgif-256.yaml", "mgif"), ("taichi-adv-256", "taichi-adv"),
        ] {
            #expect(PublishedModel.ofFile(file)?.name == name)
        }
        #expect(PublishedModel.ofFile("vox.pth.tar") == nil)
        #expect(PublishedModel.all.filter { $0.training.hasSingleJacobianMap == true }.map(\.name) == ["mgif"])
        #expect(PublishedModel.all.allSatisfy { $0.urls.allSatisfy { $0.hasPrefix("https://") } })
    }

    @Test(arguments: [
        ("vox-adv-cpk.pth.tar", "vox-adv"), ("a/b/00000099-checkpoint.pth.tar", "00000099-checkpoint"),
        ("mine.pth", "mine"), ("mine-cpk.pt", "mine"), ("tiny.legacy.pth.tar", "tiny.legacy"), ("mine", "mine"),
    ])
    func namesComeFromFiles(_ file: String, _ name: String) {
        #expect(ModelImport.name(of: file) == name)
    }

    @Test(arguments: ["", "../x", "a/b", ".hidden", "-x", "default", "a b", "é", String(repeating: "x", count: 65)])
    func namesThatAreNone(_ name: String) {
        #expect(throws: PuppetError.self, "\(name)") { try ModelFolder.validated(name) }
    }
}

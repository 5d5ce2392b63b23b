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

    /// A change of the file that YAML gives no other meaning.
    private static let sameInOtherWords: [(String, @Sendable (String) -> String)] = [
        ("a byte order mark", { "\u{FEFF}" + $0.replacing("# Dataset parameters\n", with: "") }),
        ("a directive", { "%YAML 1.1\n---\n" + $0 }),
        ("an end marker", { "---\n" + $0 + "\n\n...\n" }),
        (
            "quoted keys",
            { $0.replacing("frame_shape:", with: "\"frame_shape\":").replacing("num_kp", with: "'num_kp'") }
        ),
        ("a list over two lines", { $0.replacing("[256, 256, 3]", with: "[256,\n    256, 3]") }),
        ("a list of lines", { $0.replacing("[256, 256, 3]", with: "\n  - 256\n  - 256\n  - 3") }),
        (
            "maps in braces",
            {
                $0.replacing(
                    "common_params:\n    num_kp: 10\n    estimate_jacobian: True",
                    with: "common_params: {num_kp: 10, estimate_jacobian: True}")
            }
        ),
        ("nulls", { $0.replacing("data/nemo-png", with: "null").replacing("'.mp4'", with: "~") }),
        ("signs inside of texts", { $0.replacing("data/nemo-png", with: "a&b *c* !d \"*.png\"  # &e *f !g") }),
    ]

    @Test(arguments: sameInOtherWords.indices)
    func isReadAsYAMLIs(_ index: Int) throws {
        let (what, change) = Self.sameInOtherWords[index]
        let text = change(Self.yaml)
        #expect(text != Self.yaml, "\(what)")
        #expect(
            try TrainingConfiguration(ConfigFile(path: "x", text: text))
                == TrainingConfiguration(ConfigFile(path: "x", text: Self.yaml)), "\(what)")
    }

    @Test func nullIsNothingSaid() throws {
        for null in ["", "~", "null", "Null", "NULL"] {
            let file = try ConfigFile(path: "x", text: "model_params:\n  pad: \(null)\n  flag: '\(null)'\n")
            #expect(try file.number("model_params.pad") == nil, "\(null)")
            #expect(throws: PuppetError.self, "\(null)") { try file.number("model_params.flag") }
        }
    }

    /// A text that is not read, the line that is to blame, and what is said of it.
    private static let unreadable: [(String, Int, String)] = [
        ("a: &x 1", 1, "has an anchor"), ("a: 1\nb: [1, &x {c: 2}]", 2, "has an anchor"),
        ("&x a: 1", 1, "has an anchor"),
        ("a: *x", 1, "has an alias"), ("a: 1\n<<: *x", 2, "has an alias"), ("\"a\": 1\n? *x\n: 2", 2, "has an alias"),
        ("{\"a\":*x}", 1, "has an alias"), ("a: !!python/object/apply:os.system [x]", 1, "has a tag"),
        ("é: 1\né: !x 1", 2, "has a tag"), ("a: ! 1", 1, "has a tag"), ("%TAG !e! x:\n---\na: 1", 1, "has a tag"),
        ("a: 1\n---\nb: 2", 2, "begins another document"), ("a: 1\n...\nb: 2", 3, "is not YAML"),
        ("a:\n  - b\n c", 3, "is not YAML"), ("a: [1,\n 2", 3, "is not YAML"), ("a: 1\n  b: 2", 2, "is not YAML"),
        ("a:\n    b:\n  c: 1", 3, "is not YAML"), ("a: @x", 1, "is not YAML"), ("a: 1\nb: \u{1}", 2, "is not YAML"),
        ("a:\n\tb: 1", 2, "is indented with a tab"), ("a: 1\na: 2", 1, "says a more than once"),
        ("a: 1\n'a': 2", 1, "says a more than once"), ("just words", 1, "has no key"), ("a:1", 1, "has no key"),
        ("\n- a\n- b", 2, "has no key"),
    ]

    @Test(arguments: unreadable)
    func whatItCannotReadIsAnError(_ text: String, _ line: Int, _ words: String) {
        let failure = failureLine { _ = try ConfigFile(path: "my.yaml", text: text) }
        #expect(failure?.hasPrefix("my.yaml: line \(line) ") == true, "\(failure ?? "accepted")")
        #expect(failure?.contains(words) == true && failure?.contains("\n") == false, "\(failure ?? "accepted")")
    }

    /// What would take memory, stack or time without end, the text, and what is said of it.
    private static let endless: [(String, String, String)] = [
        ("lists", String(repeating: "[", count: 60_000), "line 1 nests maps or lists too deeply"),
        ("maps", String(repeating: "{a: ", count: 15_000), "line 1 nests maps or lists too deeply"),
        ("lists of lines", String(repeating: "- ", count: 30_000), "line 1 nests maps or lists too deeply"),
        ("keys of keys", String(repeating: "? ", count: 30_000), "line 1 nests maps or lists too deeply"),
        ("size", String(repeating: "a: 1 # more\n", count: 6000), "larger than 64 kB"),
        ("aliases", billionLaughs, "has an anchor"),
        ("a word", String(repeating: "a", count: 65_000), "has no key"),
        ("a text", "a: \"" + String(repeating: "\\n", count: 30_000) + "\"", "has no model_params"),
        ("keys", (0..<5000).map { "k\($0): \($0)" }.joined(separator: "\n"), "has no model_params"),
        ("lists as keys", String(repeating: "[[1], 2]: ", count: 500), "is not YAML"),
    ]

    /// Nine levels of ten, the last of them as a key.
    private static let billionLaughs =
        (0..<9).reduce("a: &a0 [x]\n") { text, level in
            text + "b\(level): &a\(level + 1) [\(Array(repeating: "*a\(level)", count: 10).joined(separator: ","))]\n"
        } + "? *a9\n: 1\n"

    @Test(.timeLimit(.minutes(5)), arguments: endless.indices)
    func whatWouldNotEndIsAnError(_ index: Int) {
        let (what, text, words) = Self.endless[index]
        let failure = failureLine { _ = try TrainingConfiguration(ConfigFile(path: "my.yaml", text: text)) }
        #expect(
            failure?.contains(words) == true && failure?.contains("\n") == false, "\(what): \(failure ?? "accepted")")
    }

    @Test func aLongValueIsCutInItsMessage() {
        let text =
            "model_params:\n  kp_detector_params:\n    temperature: \"\\e[2J\\n" + String(repeating: "x", count: 9000)
            + "\""
        let failure = failureLine { _ = try TrainingConfiguration(ConfigFile(path: "my.yaml", text: text)) }
        #expect(failure?.hasPrefix("my.yaml: line 3: temperature is ?[2J?xxx") == true && (failure?.count ?? 0) < 400)
    }

    /// A value in place of another, and what is said.
    private static let wrong: [(String, String, String)] = [
        ("temperature: 0.1   # softer", "temperature: warm", "line 14: temperature is warm, expected a number"),
        ("[256, 256, 3]", "[256, 128, 3]", "line 4: frame_shape is [256, 128, 3], expected square frames"),
        ("num_kp: 10", "num_kp: 9.5", "line 11: num_kp is 9.5, expected a whole number"),
        ("use_relative_movement: False", "use_relative_movement: maybe", "expected True or False"),
        ("[256, 256, 3]", "[256, [256], 3]", "line 4: frame_shape is [256, ..., 3], expected a list of whole numbers"),
        ("temperature: 0.1   # softer", "temperature: {a: 1}", "line 14: temperature is a map, expected a number"),
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

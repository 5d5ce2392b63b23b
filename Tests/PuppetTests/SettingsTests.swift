import Foundation
import System
import TestSupport
import Testing

extension PuppetTests {
    @Suite("Settings of the user's own, and portraits")
    struct Settings {
        private func settings(_ text: String, _ bench: borrowing Workbench) throws -> [String: String] {
            let folder = bench.url.appending(path: "config/puppet")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: folder.appending(path: "config.toml"))
            return ["XDG_CONFIG_HOME": bench.path("config"), "HOME": bench.url.path]
        }

        private static let usual = """
            # for live runs
            model = "~/tiny.safetensors"
            size = 64
            avatar = "face.png"
            output = ["live.y4m",
              "null"]
            frames = 4
            camera = "clip.y4m"
            loop = false
            [animate]
            model = "tiny.safetensors"
            size = 64
            frames = 3
            [avatars.face]
            frames = 6

            """

        @Test func areUsedByRunsAndWhatIsTypedWins() throws {
            let bench = try Workbench()
            let environment = try settings(Self.usual, bench)
            for (words, frames) in [
                ([], 6), (["--frames", "2"], 2), (["run", "--avatar=./face.png"], 6),
                (["-v", "run", "--loop", "--frames=3"], 3),
            ] {
                let result = try bench.run(words + ["--drop", "never", "--force"], environment: environment)
                #expect(result.ending == .exited(0), "\(words): \(result.errors)")
                let written = Array(try Data(contentsOf: bench.url.appending(path: "live.y4m")))
                #expect(countY4MFrames(written) == frames, "\(words)")
                #expect(result.errors.contains("puppet: null: "), "the second output, too")
            }
            let animated = try bench.run(
                ["animate", "--driving", "clip.y4m", "--output", "-", "--avatar", "face.png"] + Workbench.unseeing,
                environment: environment)
            #expect(countY4MFrames(animated.output) == 6, "the avatar's own before the table of the command")
            let other = try bench.run(
                ["animate", "--driving", "clip.y4m", "--output", "-"] + Workbench.unseeing, environment: environment)
            #expect(countY4MFrames(other.output) == 3)
        }

        /// Lines of a file whose second line is wrong, and what is said of it.
        private static let mistakes: [(String, line: Int, String)] = [
            ("colour = 3", 2, "colour is no option of puppet run; see puppet run --help"),
            (
                "fps = \"fast\"", 2,
                "The value 'fast' is invalid for '--fps <fps>': expected a number above 0 and up to 1000, such as 25, 29.97 "
                    + "or 30000/1001; see puppet run --help"
            ),
            ("fps = [25, 30]", 2, "fps: expected one value; see puppet run --help"),
            ("fps = true", 2, "fps: expected text or a number; see puppet run --help"),
            ("camera = 1979-05-27", 2, "camera: expected text or a number; see puppet run --help"),
            ("paste = 1", 2, "paste: expected true or false; see puppet run --help"),
            (
                "passthrough = true", 2,
                "passthrough is nothing to be set once and for all: it shows your real face; say --passthrough when you "
                    + "want it"
            ),
            (
                "face = 2\navatar-crop = \"center\"", 2,
                "--face and --avatar-crop: say one of them; a square needs no face; see puppet run --help"
            ),
            (
                "[annimate]\nfps = 3", 2,
                "[annimate] is no table of settings; there are [run], [animate], [calibrate], [bench] and [avatars.NAME]"
            ),
            (
                "[foo]\n\n\na = 1", 2,
                "[foo] is no table of settings; there are [run], [animate], [calibrate], [bench] and [avatars.NAME]"
            ),
            (
                "output = \"null\"\nframes = 2\nidle = \"sleep\"\nmicrophone = \"x\"", 4,
                "--idle sleep: all outputs have to be virtual cameras, at which nobody may be looking; see puppet run --help"
            ),
            ("[animate]\ncountdown = 3", 3, "countdown is no option of puppet animate; see puppet animate --help"),
            ("[avatars.\"a b\"]\navatar = \"x\"", 3, "avatar is what this table is chosen by; leave it out"),
        ]

        @Test func aWrongOneIsNamedWithItsLine() throws {
            let bench = try Workbench()
            let path = bench.path("config/puppet/config.toml")
            for (text, line, reason) in Self.mistakes {
                let environment = try settings("# mine\n\(text)\n", bench)
                for words in [["--output", "null", "--frames", "1"], ["config", "show"]] {
                    expectFailure(
                        try bench.run(words, environment: environment), "\(path):\(line): \(reason)", words + [text])
                }
                let help = try bench.run(["--help"], environment: environment)
                #expect(help.ending == .exited(0), "whoever asks what to write gets an answer")
            }
            let broken = try bench.run([], environment: settings("a = 1\nb = \n", bench))
            #expect(broken.line?.hasPrefix("puppet: \(path):2:5: is no TOML: ") == true, "\(broken.errors)")
            for (bytes, reason) in [
                (Data([0x61, 0xFF]), "is no UTF-8 text; save it as UTF-8"),
                (Data(repeating: 0x23, count: 70_000), "is larger than 64 KB; it is no list of settings"),
            ] {
                try bytes.write(to: URL(filePath: path))
                let environment = ["XDG_CONFIG_HOME": bench.path("config")]
                expectFailure(try bench.run([], environment: environment), "\(path): \(reason)")
            }
        }

        /// The editor has the terminal: it is of the group that the terminal is given to.
        @Test func theEditorHasTheTerminal() throws {
            let bench = try Workbench()
            try bench.write(Array("cut -d' ' -f5 /proc/$PPID/stat /proc/$$/stat >groups".utf8), "editor.sh")
            let environment = ["XDG_CONFIG_HOME": bench.path("config"), "EDITOR": "sh editor.sh"]
            expectSuccess(try bench.run(["config", "edit"], environment: environment), ["config", "edit"])
            let groups = try String(contentsOfFile: bench.path("groups"), encoding: .utf8).split(separator: "\n")
            #expect(groups.count == 2 && groups.first == groups.last, "\(groups)")
        }

        @Test func nothingIsSetByAnEmptyFile() throws {
            let bench = try Workbench()
            let environment = try settings("", bench)
            let result = try bench.run(
                Workbench.tiny + ["--camera", "clip.y4m", "--output", "null", "--frames", "1"], environment: environment
            )
            #expect(result.ending == .exited(0), "\(result.errors)")
        }

        /// What is typed wins over settings that go together, but not with it.
        @Test func whatDoesNotGoWithWhatIsTypedIsLeftOut() throws {
            let bench = try Workbench()
            let words = Workbench.tiny + ["--camera", "clip.y4m", "--frames", "1"]
            let together = try settings("output = \"pipewire\"\nidle = \"sleep\"\n", bench)
            let result = try bench.run(words + ["--output", "null"], environment: together)
            #expect(result.ending == .exited(0), "\(result.errors)")
            let elsewhere = try settings("microphone = \"desk\"\nidle = \"sleep\"\n", bench)
            let unsuited = try bench.run(words + ["--output", "null"], environment: elsewhere)
            #expect(unsuited.ending == .exited(0), "for runs that have a virtual camera: \(unsuited.errors)")
            let alone = try settings("idle = \"sleep\"\noutput = \"null\"\n", bench)
            #expect(try bench.run(words, environment: alone).line?.contains("config.toml:1: --idle sleep") == true)
        }

        /// What a line of the settings names may only turn out to be wrong when it is used.
        @Test func whatIsWrongInTheEndIsNamedWithItsLine() throws {
            let bench = try Workbench()
            let words = Workbench.tiny + ["--output", "null", "--frames", "1", "--on-lost", "follow"]
            let file = bench.path("config/puppet/config.toml")
            let nowhere = try settings("camera = \"clip.y4m\"\navatar = \"~/none.png\"\n", bench)
            expectFailure(
                try bench.run(words, environment: nowhere),
                "\(bench.path("none.png")): there is no such file; check the path (set in \(file):2)")
            let typed = try bench.run(words + ["--avatar", "none.png"], environment: nowhere)
            #expect(typed.line?.contains("set in") == false)
            let odd = try settings("camera = \"clip.y4m\"\n[run]\nmouth-gain = 1.5\n", bench)
            let result = try bench.run(words, environment: odd)
            #expect(result.line?.contains("--mouth-gain") == true, "\(result.errors)")
            #expect(result.line?.hasSuffix("(set in \(file):3)") == true, "\(result.errors)")
        }

        /// A flag is off again, and a list empty, for who says so.
        @Test func whatIsSetCanBeTakenBack() throws {
            let bench = try Workbench()
            let environment = try settings("paste = true\nforce = true\nmirror = [\"window\"]\nface = 7\n", bench)
            let words = Workbench.tiny + ["--camera", "clip.y4m", "--output", "live.y4m", "--frames", "1"]
            expectSuccess(
                try bench.run(
                    words + ["--no-paste", "--mirror", "none", "--avatar-crop", "center"], environment: environment),
                words)
            let kept = try bench.run(
                words + ["--no-paste", "--avatar-crop", "center", "--no-force"], environment: environment)
            #expect(kept.line?.contains("it is there already") == true, "\(kept.errors)")
        }

        @Test func noTypedWordShowsAFaceThatIsNeverToBeShown() throws {
            let bench = try Workbench()
            let environment = try settings("never-passthrough = true\nsize = 64\n", bench)
            let path = bench.path("config/puppet/config.toml")
            expectFailure(
                try bench.run(
                    ["--passthrough", "--camera", "test", "--output", "null", "--frames", "3"], environment: environment
                ),
                code: 64, "--passthrough: --never-passthrough excludes it (set in \(path):1); see puppet --help")
        }

        @Test func theDoctorReadsThem() throws {
            let bench = try Workbench()
            let broken = try bench.run(["doctor"], environment: try settings("size = 64\nbogus = 1\n", bench))
            let lines = String(decoding: broken.output, as: UTF8.self).split(separator: "\n")
            #expect(
                lines.last == """
                    problem  settings: \(bench.path("config/puppet/config.toml")):2: bogus is no option of puppet run; see puppet \
                    run --help
                    """)
            #expect(broken.ending == .exited(1))
        }

        @Test func theNearestTableCounts() throws {
            let bench = try Workbench()
            let folder = bench.url.appending(path: "data/puppet/avatars")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: bench.url.appending(path: "face.png"), to: folder.appending(path: "mona.png"))
            var environment = try settings(
                """
                model = "tiny.safetensors"
                size = 64
                camera = "clip.y4m"
                output = "live.y4m"
                force = true
                drop = "never"
                frames = 5
                [run]
                frames = 4
                [avatars.mona]
                frames = 2
                """, bench)
            func frames(_ words: [String] = []) throws -> Int? {
                let result = try bench.run(words, environment: environment)
                #expect(result.ending == .exited(0), "\(words): \(result.errors)")
                return countY4MFrames(Array(try Data(contentsOf: bench.url.appending(path: "live.y4m"))))
            }
            #expect(try frames() == 4, "the command's own before those outside of tables")
            environment["XDG_DATA_HOME"] = bench.path("data")
            #expect(try frames() == 2, "of the portrait that is shown where none is named")
            #expect(try frames(["--avatar", folder.path]) == 2, "of a folder the first")
            #expect(try frames(["--avatar", "face.png"]) == 4)
        }

        @Test func areShownMadeAndEdited() throws {
            let bench = try Workbench()
            let path = bench.path("config/puppet/config.toml")
            var environment = ["XDG_CONFIG_HOME": bench.path("config"), "EDITOR": "sed -i s/^#size.*/size=128/"]
            let before = try bench.run(["config", "show"], environment: environment)
            #expect(
                String(decoding: before.output, as: UTF8.self) == "\(path) is not there: puppet config edit makes it\n")
            expectSuccess(try bench.run(["config", "edit"], environment: environment), ["config", "edit"])
            let after = try bench.run(["config", "show"], environment: environment)
            let lines = String(decoding: after.output, as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 2 && lines[0] == path && lines[1].hasSuffix("  size  128"), "\(lines)")
            let whole = try String(contentsOfFile: path, encoding: .utf8)
            for option in ["avatar", "camera", "output", "mouth-gain", "vcam-size", "paste", "idle"] {
                #expect(whole.contains("\n#\(option) = "), "\(option)")
            }
            #expect(!whole.contains("#passthrough"))
            environment["VISUAL"] = "false"
            expectFailure(
                try bench.run(["config", "edit"], environment: environment),
                "\(path): the editor (false) ended with 1; set EDITOR to one of yours")
        }

        @Test func portraitsOfOnesOwnAreShownWhereNoneIsNamed() throws {
            let bench = try Workbench()
            let environment = ["XDG_DATA_HOME": bench.path("data")]
            let folder = bench.path("data/puppet/avatars")
            func run(_ words: [String]) throws -> PuppetProcess.Result {
                try bench.run(["avatars"] + words, environment: environment)
            }
            expectSuccess(try run(["add", "face.png", "--name", "mona"]), ["add"])
            expectFailure(
                try run(["add", "face.png", "--name", "mona"]),
                "\(folder)/mona.png: an avatar of that name is there already; say --force to replace it, or --name for another"
            )
            expectFailure(
                try run(["add", "clip.y4m"]),
                "clip.y4m: not a picture; give a PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF or BMP file")
            expectFailure(
                try run(["add", "face.png", "--name", "../x"]),
                "../x: cannot be the name of an avatar; say --name and a plain word")
            let listed = try run(["list"])
            #expect(String(decoding: listed.output, as: UTF8.self) == "\(folder)/mona.png\n")

            let animation = ["animate", "--driving", "clip.y4m", "--output", "-"] + Workbench.tiny + Workbench.unseeing
            let bundled = try bench.run(animation, environment: [:]).output
            let own = try bench.run(animation, environment: environment).output
            let named = try bench.run(animation + ["--avatar", "face.png"], environment: [:]).output
            #expect(own == named && own != bundled)

            let odd = String(fileName: [0x62, 0xFF, 0xFE] as [UInt8])
            expectSuccess(try run(["add", "face.png", "--name", odd]), ["add"])
            #expect(folderEntries(folder).count == 2)
            let bytes = Array("\(folder)/b".utf8) + [0xFF, 0xFE] + Array(".png\n\(folder)/mona.png\n".utf8)
            #expect(try run(["list"]).output == bytes, "as the folder has them")
            let json = String(decoding: try run(["list", "--json"]).output, as: UTF8.self)
            #expect(json.contains("/b??.png\""), "\(json)")
            expectSuccess(try run(["remove", odd]), ["remove"])
            #expect(folderEntries(folder) == ["mona.png"])
            expectFailure(try run(["remove", "nobody"]), "nobody: is no avatar of yours; see puppet avatars list")
            expectSuccess(try run(["remove", "mona"]), ["remove"])
            #expect(try bench.run(animation, environment: environment).output == bundled)

            // Not as if there were none.
            let avatars = bench.url.appending(path: "data/puppet/avatars")
            try FileManager.default.removeItem(at: avatars)
            try bench.write([], "data/puppet/avatars")
            for result in [try run(["list"]), try bench.run(animation, environment: environment)] {
                expectFailure(
                    result, "\(folder): cannot open the folder: Not a directory; check the path and its permissions")
            }
        }

        @Test(.timeLimit(.minutes(1))) func pipesAreReadOnce() throws {
            let bench = try Workbench()
            let pipe = bench.path("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            let picture = try Data(contentsOf: bench.url.appending(path: "face.png"))
            let writer = Thread { try? picture.write(to: URL(filePath: pipe)) }
            writer.start()
            let environment = ["XDG_DATA_HOME": bench.path("data")]
            expectSuccess(try bench.run(["avatars", "add", pipe], environment: environment), ["add"])
            #expect(try Data(contentsOf: bench.url.appending(path: "data/puppet/avatars/pipe.png")) == picture)
        }
    }
}

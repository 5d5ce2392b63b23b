import Foundation
import TestSupport
import Testing

extension PuppetTests {
    @Suite("What is written of the program elsewhere is true")
    struct Reference {
        private func text(_ name: String) throws -> String {
            String(decoding: try readFile(projectFolder.appending(path: name).path), as: UTF8.self)
        }

        @Test func thePagesAreThoseOfThisProgram() throws {
            let bench = try Workbench()
            expectSuccess(try bench.run(["reference", "pages"]), ["reference"])
            let names = try fileNames(in: bench.path("pages"))
            #expect(names == ["commands.md", "ctl.md", "exit-codes.md", "keys.md"])
            #expect(try fileNames(in: projectFolder.appending(path: "docs/reference").path) == names)
            for name in names {
                let written = String(decoding: try readFile(bench.path("pages/\(name)")), as: UTF8.self)
                #expect(try text("docs/reference/\(name)") == written, "\(name) is out of date: make pages")
            }
        }

        /// What `make install` puts beside the program.
        @Test func everyCommandHasAManualPage() throws {
            let bench = try Workbench()
            expectSuccess(try bench.run(["reference", "--share", "share"]), ["reference"])
            let pages = try fileNames(in: bench.path("share/man/man1"))
            for command in ["puppet", "puppet-run", "puppet-animate", "puppet-ctl", "puppet-model-fetch"] {
                #expect(pages.contains("\(command).1"), "\(pages)")
            }
            #expect(try fileNames(in: bench.path("share/man/man7")) == ["puppet-keys.7"])
            for page in pages {
                let text = String(decoding: try readFile(bench.path("share/man/man1/\(page)")), as: UTF8.self)
                let title = page.dropLast(2).uppercased()
                #expect(
                    text.contains("\n.TH \(title) 1 ")
                        && text.contains("\n.SH NAME\n\(page.dropLast(2).replacing("-", with: "\\-")) \\- "))
                // A line that begins as a request does is one of ours.
                let requests = Set(
                    text.split(separator: "\n").filter { $0.hasPrefix(".") }.map { $0.prefix { $0 != " " } })
                #expect(
                    requests.isSubset(of: [".\\\"", ".TH", ".SH", ".TP", ".B", ".PP", ".nf", ".fi"]),
                    "\(page): \(requests)")
            }
            for shell in [
                "bash-completion/completions/puppet", "zsh/site-functions/_puppet",
                "fish/vendor_completions.d/puppet.fish",
            ] {
                #expect(
                    String(decoding: try readFile(bench.path("share/\(shell)")), as: UTF8.self).contains("animate"),
                    "\(shell)")
            }
        }

        /// What a shell offers, asked as bash asks; an option without a command is one of a live run.
        @Test func completionsOffer() throws {
            let bench = try Workbench()
            expectSuccess(try bench.run(["reference", "--share", "share"]), ["reference"])
            let script = """
                cd "$1"
                . share/bash-completion/completions/puppet
                offers() {
                    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
                    local function=$(complete -p puppet)
                    function=${function#* -F }
                    "${function% *}" puppet "${@: -1}" "${@: -2:1}"
                    echo "${COMPREPLY[*]}"
                }
                offers puppet anim
                offers puppet --lat
                offers puppet -v --lat
                offers puppet -v ca
                offers puppet --avatar x.png --latency s
                offers puppet animate --contact-sheet fa
                """
            try bench.write(Array(script.utf8), "offers.sh")
            let answer = try #require(Program("bash")).run([bench.path("offers.sh"), bench.url.path])
            let offers = String(decoding: answer.output, as: UTF8.self)
            #expect(
                offers == "animate\n--latency\n--latency\ncalibrate\nsmooth\nface.png\n")
        }

        @Test func theVersionIsThatOfTheChangelog() throws {
            let result = try Workbench().run(["--version"])
            expectSuccess(result, ["--version"])
            let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            let release = try text("CHANGELOG.md").split(separator: "\n").first { $0.prefixMatch(of: /## \[\d/) != nil }
            let number = try #require(release?.split(separator: "[").last?.split(separator: "]").first)
            #expect(lines.count == 4 && lines[0] == "puppet \(number)", "\(lines)")
            #expect(lines[1].wholeMatch(of: /commit: (unknown|[0-9a-f]{12,}(-dirty)?)/) != nil, "\(lines)")
            #expect(lines[2].contains(/portable.*\(chosen\)|portable \(chosen\)/), "\(lines)")
            for library in ["SDL", "SDL_ttf", "libpng", "OpenBLAS"] {
                #expect(lines[3].contains(try Regex("\(library) [0-9]+\\.[0-9]+\\.[0-9]+")), "\(library): \(lines)")
            }
            #expect(lines[3].contains("libjpeg-turbo"), "\(lines)")
        }

        @Test func theReadmeIsShort() throws {
            let words = try text("README.md").split(whereSeparator: \.isWhitespace).count
            #expect(words < 900, "\(words) words")
        }

        /// Every page that a page of the project links to is there.
        @Test func linksLeadSomewhere() throws {
            let pages =
                ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
                + (try fileNames(in: projectFolder.appending(path: "docs").path)).filter { $0.hasSuffix(".md") }
                .map { "docs/\($0)" }
            for page in pages {
                let folder = projectFolder.appending(path: page).deletingLastPathComponent()
                for link in try text(page).matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/).map({ String($0.1) }) {
                    #expect(
                        fileExists(folder.appending(path: link).standardizedFileURL.path), "\(page) links to \(link)")
                }
            }
        }
    }
}

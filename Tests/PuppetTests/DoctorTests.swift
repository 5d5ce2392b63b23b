import Foundation
import Testing

extension PuppetTests {
    @Suite("puppet doctor and puppet devices")
    struct DoctorRuns {
        @Test func findsWhatTheComputerHas() throws {
            let bench = try Workbench()
            let result = try bench.run(["doctor", "--json"], environment: ["HOME": bench.url.path])
            let report = try #require(
                JSONSerialization.jsonObject(with: Data(result.output)) as? [String: [[String: String]]])
            let checks = try #require(report["checks"])
            for check in checks {
                #expect(Set(check.keys) == ["name", "state", "detail", "remedy"], "\(check)")
                #expect(["ok", "note", "problem"].contains(check["state"]), "\(check)")
                #expect(check["state"] == "ok" || check["remedy"]?.isEmpty == false, "\(check)")
            }
            let names = Set(checks.compactMap { $0["name"] })
            #expect(
                names.isSuperset(of: ["instruction set", "cores", "model", "v4l2loopback", "secure boot", "display"]))
            let problems = checks.count { $0["state"] == "problem" }
            #expect(result.ending == .exited(problems == 0 ? 0 : 1), "\(problems) problems: \(result.errors)")
            #expect(result.errors.isEmpty == (problems == 0), "\(result.errors)")
            #expect(try bench.newNames() == [], "it changes nothing")
        }

        @Test func aLineForEachCheck() throws {
            let bench = try Workbench()
            // Without a home to write to, and without a program to be found: notes, neither of which prevents a run.
            let result = try bench.run(["doctor"], environment: ["HOME": "/proc", "PATH": bench.url.path])
            let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            #expect(lines.count >= 8)
            let states = ["ok       ", "note     ", "problem  "]
            for line in lines { #expect(states.contains { line.hasPrefix($0) }, "\(line)") }
            #expect(lines.contains { $0.hasPrefix("note     display: ") })
            #expect(lines.contains { $0.hasPrefix("ok       model: default") })
        }

        @Test func devicesAreListed() throws {
            let result = try Workbench().run(["devices", "--json"])
            expectSuccess(result, ["devices", "--json"])
            let list = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: [Any]])
            #expect(list["devices"] != nil)
        }
    }
}

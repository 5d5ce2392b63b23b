import Capture
import FOMMCore
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Driving
@testable import System

@Suite("Calibrations on disk")
struct CalibrationProfileTests {
    private let model: FOMMModel
    private let profile: CalibrationProfile

    init() throws {
        model = try TestModel.tiny()
        profile = CalibrationProfile(
            DrivingInitial(
                CalibrationExamples.detection(SIMD2(0.012345, 0.1), count: model.keypointCount),
                CalibrationExamples.viewpoint), score: 83,
            subject: CalibrationSubject(camera: "usb-1/Käfer", avatar: "00ff", model: model.fingerprint),
            created: Date(timeIntervalSince1970: 1_800_000_000))
    }

    private func failure(_ path: String) -> String? {
        do throws(PuppetError) {
            _ = try CalibrationProfile(path: path, for: model)
            return nil
        } catch {
            #expect(error.code == .noCalibration && error.subject == path)
            return error.detail
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("calibration.json")
        try profile.write(to: path)
        #expect(try CalibrationProfile(path: path, for: model) == profile, "bit for bit")
        try profile.write(to: path)
        #expect(try fileNames(in: folder.url.path) == ["calibration.json"], "written over, nothing left behind")
    }

    private static let numbers = "has numbers in it that no calibration has"
    private static let incomplete = "is not a complete calibration profile"

    /// What can go wrong in a file: a name, the key whose value is replaced, by what, and what is said then.
    private static let damages: [(String, String, String, String)] = [
        ("another format", "format", #""something.else""#, "is not a calibration profile"),
        ("a version to come", "version", #"2"#, "is of version 2, expected 1"),
        ("a version that is no number", "version", #""1""#, "is not a calibration profile"),
        ("no keypoints", "keypoints", #"[]"#, "has 0 keypoints, the model 10"),
        ("no pairs", "keypoints", #"[1, 2]"#, incomplete),
        ("no time", "created", #""yesterday""#, incomplete),
        ("no score", "score", #"null"#, incomplete),
        ("a huge score", "score", #"101"#, numbers),
        ("a score below none", "score", #"-1"#, numbers),
        ("a negative crop", "crop", #"{"x": -1, "y": 0, "side": 9}"#, numbers),
        ("an empty crop", "crop", #"{"x": 0, "y": 0, "side": 0}"#, numbers),
        ("a crop beyond", "crop", #"{"x": 161, "y": 0, "side": 480}"#, numbers),
        (
            "a crop far beyond", "crop",
            #"{"x": 9223372036854775807, "y": -9223372036854775808, "side": 9223372036854775807}"#, numbers
        ),
        ("a crop of text", "crop", #""all""#, incomplete),
        ("no picture", "picture", #"{"width": 0, "height": 480}"#, numbers),
        (
            "a picture beyond memory", "picture", #"{"width": 9223372036854775807, "height": 9223372036854775807}"#,
            numbers
        ),
        ("a tiny frame", "frame_size", #"15"#, numbers),
        ("a huge frame", "frame_size", #"4096"#, numbers),
        ("a fraction of a frame", "frame_size", #"255.5"#, incomplete),
        (
            "another model", "subject", #"{"camera": "", "avatar": "", "model": "x"}"#,
            "was made with another model, whose keypoints are others"
        ),
    ]

    @Test(arguments: damages)
    func aDamagedFileIsRefused(_ name: String, _ key: String, _ value: String, _ expected: String) throws {
        #expect(try failureWith { $0[key] = try self.value(value) } == expected, "\(name)")
    }

    private func value(_ json: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    }

    /// - Returns: why the profile is refused with a change in its JSON.
    private func failureWith(_ change: (inout [String: Any]) throws -> Void) throws -> String? {
        let folder = try TemporaryFolder()
        var object = try #require(try JSONSerialization.jsonObject(with: profile.encoded()) as? [String: Any])
        try change(&object)
        try JSONSerialization.data(withJSONObject: object).write(to: folder.url.appending(path: "x.json"))
        return failure(folder.path("x.json"))
    }

    private static let badPoints: [(String, String, String)] = [
        ("a third coordinate", "value", "[0, 0, 0]"),
        ("one coordinate", "value", "[0]"),
        ("far outside", "value", "[2.5, 0]"),
        ("further", "value", "[0, -1e30]"),
        ("a singular Jacobian", "jacobian", "[[1, 2], [2, 4]]"),
        ("none", "jacobian", "[[0, 0], [0, 0]]"),
        ("a row too few", "jacobian", "[[1, 0]]"),
        ("a number too many", "jacobian", "[[1, 0, 0], [0, 1]]"),
        ("a Jacobian without measure", "jacobian", "[[1e200, 0], [0, 1e100]]"),
        ("a Jacobian beyond Float", "jacobian", "[[1e60, 0], [0, 1e-60]]"),
        ("a negative spread", "spread", "-0.1"),
        ("a spread beyond the frame", "spread", "2.1"),
    ]

    @Test(arguments: badPoints)
    func aKeypointThatCannotBeIsRefused(_ name: String, _ key: String, _ value: String) throws {
        let refused = try failureWith { object in
            var points = try #require(object["keypoints"] as? [[String: Any]])
            points[3][key] = try self.value(value)
            object["keypoints"] = points
        }
        #expect(refused == Self.numbers, "\(name)")
    }

    @Test func whatIsNoJSONIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("calibration.json")
        let good = [UInt8](try profile.encoded())
        let cases: [(String, [UInt8])] = [
            ("empty", []), ("zeros", [UInt8](repeating: 0, count: 100)),
            ("half of it", Array(good.prefix(good.count / 2))),
            ("a picture", [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]), ("an array", Array("[]".utf8)),
            ("not a number", Array(String(decoding: good, as: UTF8.self).replacing("83", with: "NaN").utf8)),
            (
                "a number beyond measure",
                Array(String(decoding: good, as: UTF8.self).replacing("83", with: "1e999").utf8)
            ),
            ("deep nesting", [UInt8](repeating: UInt8(ascii: "["), count: 900_000)),
            ("deep objects", Array(String(repeating: #"{"format":"#, count: 90_000).utf8)),
        ]
        for (name, bytes) in cases {
            try writeFile(bytes, to: path)
            #expect(failure(path)?.hasPrefix("is not a") == true, "\(name): \(failure(path) ?? "accepted")")
        }
        try writeFile([UInt8](repeating: 32, count: 2_000_000) + good, to: path)
        #expect(failure(path) == "the file is larger than 1 MB")
    }

    @Test func whatIsNoFileIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(failure(folder.path("missing")) == "there is no such file")
        #expect(failure(folder.url.path) == "it is a folder")
        mkfifo(folder.path("fifo"), 0o600)
        #expect(failure(folder.path("fifo")) == "is not a file", "and nobody waits for it")
        #expect(failure("/dev/zero") == "is not a file")
        symlink("loop", folder.path("loop"))
        #expect(failure(folder.path("loop"))?.contains("cannot read the file") == true)
        try profile.write(to: folder.path("secret"))
        chmod(folder.path("secret"), 0)
        guard geteuid() != 0 else { return print("skipping a file without permissions: root may read all") }
        #expect(failure(folder.path("secret"))?.contains("Permission denied") == true)
    }

    @Test func aPlaceThatCannotBeWrittenIsNamedAndNothingIsLeft() throws {
        let folder = try TemporaryFolder()
        for path in ["/proc/calibration.json", folder.path("missing/calibration.json"), folder.url.path] {
            let line = failureLine { try profile.write(to: path) }
            #expect(line?.hasPrefix(path) == true, "\(line ?? "nothing thrown")")
        }
        #expect(try fileNames(in: folder.url.path) == [])
        #expect(failureLine { try profile.write(to: "/dev/full") }?.contains("No space left") == true)
    }

    @Test func everyCameraAvatarAndModelHasItsOwnFile() throws {
        let folder = try TemporaryFolder()
        let store = CalibrationStore(environment: ["XDG_DATA_HOME": folder.url.path, "HOME": "/nowhere"])
        let names = ["usb-1/Käfer", "usb-2", "", String(repeating: "a/..", count: 200)]
        let subjects = names.flatMap { camera in
            ["p", "q"].flatMap { avatar in
                ["m", "n"].map { CalibrationSubject(camera: camera, avatar: avatar, model: $0) }
            }
        }
        let paths = subjects.map(store.path)
        #expect(Set(paths).count == subjects.count, "\(paths)")
        for path in paths {
            let name = path.dropFirst(store.folder.count + 1)
            #expect(path.hasPrefix(folder.url.path + "/puppet/calibrations/"))
            #expect(name.wholeMatch(of: /[A-Za-z0-9-]{0,40}-[0-9a-f]{16}\.json/) != nil, "\(name)")
        }
    }

    @Test func theStoreKeepsAndFinds() throws {
        let folder = try TemporaryFolder()
        let store = CalibrationStore(environment: ["XDG_DATA_HOME": folder.url.path])
        #expect(try store.profile(for: profile.subject, model) == nil, "nothing yet")
        try store.keep(profile)
        #expect(try store.profile(for: profile.subject, model) == profile)
        let other = CalibrationSubject(camera: "another", avatar: "00ff", model: model.fingerprint)
        #expect(try store.profile(for: other, model) == nil)
        try writeFile(Array("{}".utf8), to: store.path(for: profile.subject))
        #expect(throws: PuppetError.self) { try store.profile(for: profile.subject, model) }
        try writeFile([], to: folder.path("file"))
        let blocked = CalibrationStore(environment: ["XDG_DATA_HOME": folder.path("file")])
        #expect(throws: (any Error).self, "a file is in the way") { try blocked.keep(profile) }
    }

    @Test func aKeeperKeepsWhereItWasTold() throws {
        let folder = try TemporaryFolder()
        let avatar = try AvatarList(nil).load(0, AvatarReader(FrameDetector(model, threads: 1)))
        let score = CalibrationScore(
            profile.initial.keypoints, source: profile.initial.keypoints, unrest: 0, confidence: 1)
        let store = CalibrationStore(environment: ["XDG_DATA_HOME": folder.url.path])
        for (place, isAutomatic) in [
            (CalibrationKeeper.Place.file(folder.path("mine.json")), false), (.store(store), true),
        ] {
            let keeper = CalibrationKeeper(place, camera: "camera")
            #expect(keeper.isAutomatic == isAutomatic)
            #expect(try keeper.profile(for: avatar, model) == nil, "\(place)")
            let path = try #require(try keeper.keep(profile.initial, score, avatar, model))
            #expect(fileExists(path), "\(path)")
            let kept = try #require(try keeper.profile(for: avatar, model))
            #expect(kept.initial == profile.initial && kept.score == 100 && kept.subject.camera == "camera")
        }
        let nowhere = CalibrationKeeper(.nowhere, camera: "camera")
        #expect(try nowhere.keep(profile.initial, score, avatar, model) == nil)
        #expect(try nowhere.profile(for: avatar, model) == nil)
    }
}

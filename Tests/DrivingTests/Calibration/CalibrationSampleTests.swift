import Capture
import Foundation
import Frames
import TestSupport
import Testing

@testable import Driving

/// calibration/, which is for people and other programs: what it says is what the program does.
@Suite("The sample and the schema of calibration profiles")
struct CalibrationSampleTests {
    private static let folder = projectFolder.appending(path: "calibration")

    /// How the sample is made: the bundled portrait, and the test camera's first frame.
    private func sample(_ bench: MotionBench) throws -> CalibrationProfile {
        let avatar = try AvatarList(nil).load(0, AvatarReader(bench.detector))
        let size = FrameSize(width: 640, height: 480)
        let camera = TestCamera(portrait: bench.portrait, size: size, frameRate: FrameRate(25), frameCount: 1)
        let side = bench.model.frameSize
        let fit = SquareFit(from: size, side: side)
        let frame = fit(try #require(camera.next()), from: FramePool(size: FrameSize(square: side), capacity: 1))
        let initial = DrivingInitial(
            frame.pixels.withBytes { bench.detector.detection(rgb8: $0) }, Viewpoint(of: frame))
        let score = CalibrationScore(
            initial.keypoints, source: avatar.context.keypoints, unrest: 0, confidence: 1)
        return CalibrationProfile(
            initial, score: score.value,
            subject: CalibrationSubject(
                camera: "test", avatar: avatar.fingerprint, model: bench.model.fingerprint),
            created: Date(timeIntervalSince1970: 1_780_000_000))
    }

    /// `PUPPET_WRITE_SAMPLE=1` writes the sample anew: after the bundled model or portrait has changed.
    @Test func theSampleIsWhatTheProgramWrites() throws {
        let bench = try MotionBench()
        let made = try sample(bench)
        let path = Self.folder.appending(path: "sample.json").path
        if ProcessInfo.processInfo.environment["PUPPET_WRITE_SAMPLE"] != nil { try made.write(to: path) }
        let kept = try CalibrationProfile(path: path, for: bench.model)
        #expect(kept.subject == made.subject && kept.score == made.score, "write it anew: PUPPET_WRITE_SAMPLE=1")
        #expect(kept.initial.viewpoint == made.initial.viewpoint)
        let way = kept.initial.keypoints.meanDistance(to: made.initial.keypoints)
        #expect(way < 1e-3, "keypoints off by \(way), more than instruction sets differ by: PUPPET_WRITE_SAMPLE=1")
    }

    @Test func theSchemaHasTheKeysThatAreWritten() throws {
        let schema = try object(Data(contentsOf: Self.folder.appending(path: "profile.schema.json")))
        #expect(schema["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        let written = try object(Data(contentsOf: Self.folder.appending(path: "sample.json")))
        try compare(written, schema, "the profile")
    }

    /// Every object closed, every key required, and exactly those of the schema there; every value within its limits.
    private func compare(_ value: Any, _ schema: [String: Any], _ place: String) throws {
        if let properties = schema["properties"] as? [String: [String: Any]] {
            let value = try #require(value as? [String: Any], "\(place) is no object")
            #expect(schema["additionalProperties"] as? Bool == false, "\(place) is open")
            #expect(Set(schema["required"] as? [String] ?? []) == Set(properties.keys), "required of \(place)")
            #expect(Set(value.keys) == Set(properties.keys), "keys of \(place)")
            for (key, part) in properties where value[key] != nil { try compare(value[key]!, part, "\(place).\(key)") }
        } else if let items = schema["items"] as? [String: Any] {
            let value = try #require(value as? [Any], "\(place) is no array")
            let limits = ((schema["minItems"] as? Int) ?? 0)...((schema["maxItems"] as? Int) ?? .max)
            #expect(limits.contains(value.count), "\(place) has \(value.count) items")
            for (index, part) in value.enumerated() { try compare(part, items, "\(place)[\(index)]") }
        } else if let constant = schema["const"] {
            #expect("\(value)" == "\(constant)", "\(place)")
        } else if schema["type"] as? String == "string" {
            let text = try #require(value as? String, "\(place) is no text")
            if let pattern = schema["pattern"] as? String {
                #expect(text.range(of: pattern, options: .regularExpression) != nil, "\(place): \(text)")
            }
        } else {
            let number = try #require(value as? Double, "\(place) is no number")
            let (least, most) = (schema["minimum"] as? Double ?? -.infinity, schema["maximum"] as? Double ?? .infinity)
            #expect((least...most).contains(number), "\(place): \(number)")
            if schema["type"] as? String == "integer" { #expect(number == number.rounded(), "\(place): \(number)") }
        }
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}

import Capture
import Foundation
import Testing

@testable import FOMMCore
@testable import Motion

/// How often the bundled model takes a face for an empty chair, and the other way round, on pictures that are not part
/// of the project: folders of kinds, `PUPPET_FACES/kind/clip/*.png` (the first picture of a clip calibrates) and
/// `PUPPET_CHAIRS/kind/*.png` (each judged by every clip's calibration), 256 x 256.
@Suite("Error rates of the confidence")
struct FaceErrorRates {
    private static let faces = ProcessInfo.processInfo.environment["PUPPET_FACES"]
    private static let chairs = ProcessInfo.processInfo.environment["PUPPET_CHAIRS"]

    @Test(.enabled(if: faces != nil, "PUPPET_FACES names no pictures"))
    func table() throws {
        let bench = try MotionBench()
        var calibrations: [FaceConfidence] = []
        print("| kind | frames | below \(FacePresence.threshold) | below \(FacePresence.returnThreshold) |")
        for kind in try folders(in: try #require(Self.faces)) {
            var sure: [Double] = []
            for clip in try folders(in: kind) {
                let found = try detections(clip, bench)
                let confidence = FaceConfidence(initial: found[0])
                calibrations.append(confidence)
                sure += found.dropFirst().map { confidence($0) }
            }
            report(kind, sure)
        }
        for kind in try Self.chairs.map(folders) ?? [] {
            let found = try detections(kind, bench)
            report(kind, found.flatMap { detection in calibrations.map { $0(detection) } })
        }
    }

    private func report(_ kind: String, _ sure: [Double]) {
        func share(below threshold: Double) -> String {
            String(format: "%.1f %%", 100 * Double(sure.count { $0 < threshold }) / Double(sure.count))
        }
        let cells = [FacePresence.threshold, FacePresence.returnThreshold].map(share).joined(separator: " | ")
        print("| \(URL(filePath: kind).lastPathComponent) | \(sure.count) | \(cells) |")
    }

    private func folders(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
    }

    private func detections(_ folder: String, _ bench: MotionBench) throws -> [Detection] {
        let pictures = try ImageFolder(path: folder)
        var found: [Detection] = []
        while let frame = try pictures.next() {
            found.append(frame.pixels.withBytes { bench.detector.detection(rgb8: $0) })
        }
        return found
    }
}

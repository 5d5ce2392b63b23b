import Display
import Driving
import Foundation
import System

/// How a run goes, as `puppet ctl status` tells.
struct RunStatus: Encodable {
    private let framesIn: Int
    private let framesOut: Int
    /// Milliseconds from a picture's capture until half of an output's pictures were there, by output.
    private let latency: [String: Double]
    private let quality: String
    private let recordedSeconds: Int?
    /// `nil` before the first frame was looked at, as all below.
    private let calibration: String?
    private let confidence: Double?
    private let isRealFaceShown: Bool?
    private let avatar: String?
    /// Until an app looks.
    private let isAsleep: Bool
    /// `nil` where it is as it is.
    private let sound: SoundDelay.Reading?

    init(
        _ counts: LiveCounts, _ outputs: [(name: String, latency: LatencyHistogram)], quality: String,
        _ report: TrackingReport?, showsRealFace: Bool, recordedSeconds: Int?, isAsleep: Bool,
        sound: SoundDelay.Reading? = nil
    ) {
        (framesIn, framesOut) = (counts.read, counts.rendered)
        let measured = outputs.filter { $0.latency.count > 0 }.map { ($0.name, $0.latency.percentile(50)) }
        latency = Dictionary(measured) { first, _ in first }
        (self.quality, self.recordedSeconds, self.isAsleep, self.sound) = (quality, recordedSeconds, isAsleep, sound)
        calibration = report?.calibration.word
        confidence = report?.confidence.rounded(toPlaces: 2)
        isRealFaceShown = report.map { _ in showsRealFace }
        avatar = report?.avatar.name
    }

    /// One line for people.
    var text: String {
        var parts = [isAsleep ? "asleep" : "awake", "\(framesIn) frames in", "\(framesOut) out"]
        for (name, milliseconds) in latency.sorted(by: { $0.key < $1.key }) {
            parts.append("\(name) \(milliseconds) ms")
        }
        if let sound {
            let camera = sound.camera.map { ", camera \($0) ms" } ?? ""
            parts.append("sound \(sound.microphone) ms late\(camera)\(sound.isHeard ? "" : ", nobody listens")")
        }
        parts.append("quality \(quality)")
        if let calibration { parts.append("calibration \(calibration)") }
        if let confidence { parts.append("confidence \(confidence)") }
        if isRealFaceShown == true { parts.append("REAL FACE SHOWN") }
        if let recordedSeconds { parts.append("recording since \(recordedSeconds) s") }
        if let avatar { parts.append("avatar \(avatar)") }
        return parts.joined(separator: ", ")
    }

    /// One line of JSON.
    var json: String { (try? lineOfJSON(self)) ?? "{}" }
}

extension TrackingReport.Calibration {
    fileprivate var word: String {
        switch self {
        case .missing: "missing"
        case .countdown(let seconds): "in \(seconds) s"
        case .collecting: "under way"
        case .done: "done"
        }
    }
}

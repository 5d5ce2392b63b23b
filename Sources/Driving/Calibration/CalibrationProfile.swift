import Display
import FOMMCore
import Foundation
import Frames
import System

/// A calibration as it is kept from one call to the next: JSON, described in calibration/README.md and
/// calibration/profile.schema.json.
package struct CalibrationProfile: Sendable, Equatable {
    package let initial: DrivingInitial
    /// 0...100.
    package let score: Int
    /// Of the camera, avatar and model it was made with.
    package let subject: CalibrationSubject
    /// Seconds since 1970.
    package let created: Date

    package init(_ initial: DrivingInitial, score: Int, subject: CalibrationSubject, created: Date) {
        self.initial = initial
        self.score = score
        self.subject = subject
        self.created = created
    }

    /// Larger than any profile: 32 keypoints take 6 KB.
    private static let mostBytes = 1 << 20
    private static let format = "puppet.calibration"
    private static let version = 1

    /// Whether a file is a calibration, of whatever version and model.
    package static func isOne(_ path: String) -> Bool {
        guard (try? FileKind(path: path)) == .regular, let file = try? FileBytes(path: path, limit: mostBytes),
            let header = try? JSONDecoder().decode(Header.self, from: file.withBytes { Data($0) })
        else { return false }
        return header.format == format
    }

    package func encoded() throws -> Data {
        Data(try (prettyJSON(Stored(self)) + "\n").utf8)
    }

    /// Writes a file that is complete or not there.
    ///
    /// - Throws: ``FrameError`` where it cannot be written.
    package func write(to path: String) throws {
        let file = try AtomicFile(path: path)
        try file.write([UInt8](encoded()))
        try file.commit()
    }

    /// Reads what ``write(to:)`` wrote; every number that an attacker or an accident may have put there is checked.
    ///
    /// - Throws: ``PuppetError`` `.noCalibration` for a file that is missing, too large, damaged or of another model.
    package init(path: String, for model: FOMMModel) throws(PuppetError) {
        func invalid(_ detail: String) -> PuppetError {
            PuppetError(.noCalibration, path, detail, hint: "calibrate again (key X), or name another file")
        }
        // A pipe would be waited for until somebody writes to it.
        guard ![.special, .disk].contains(try? FileKind(path: path)) else { throw invalid("is not a file") }
        let data: Data
        do throws(FrameError) {
            data = try FileBytes(path: path, limit: Self.mostBytes).withBytes { Data($0) }
        } catch {
            throw invalid(error.detail + (error.underlying.map { ": \($0)" } ?? ""))
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .iso8601
        guard let header = try? decoder.decode(Header.self, from: data), header.format == Self.format else {
            throw invalid("is not a calibration profile")
        }
        guard header.version == Self.version else {
            throw invalid("is of version \(header.version), expected \(Self.version)")
        }
        guard let stored = try? decoder.decode(Stored.self, from: data) else {
            throw invalid("is not a complete calibration profile")
        }
        guard stored.keypoints.count == model.keypointCount else {
            throw invalid("has \(stored.keypoints.count) keypoints, the model \(model.keypointCount)")
        }
        guard stored.subject.model == model.fingerprint else {
            throw invalid("was made with another model, whose keypoints are others")
        }
        guard let initial = stored.initial(for: model) else {
            throw invalid("has numbers in it that no calibration has")
        }
        self.init(initial, score: stored.score, subject: stored.subject, created: stored.created)
    }

    /// What every version of the file has.
    private struct Header: Codable {
        let format: String
        let version: Int
    }

    /// What is in the file.
    private struct Stored: Codable {
        struct Point: Codable {
            let value: [Float]
            let jacobian: [[Double]]
            /// Of its heatmap, in keypoint units.
            let spread: Float
        }
        struct Size: Codable {
            let width: Int
            let height: Int
        }
        struct Square: Codable {
            let x: Int
            let y: Int
            let side: Int
        }

        let format: String
        let version: Int
        let created: Date
        let subject: CalibrationSubject
        let picture: Size
        let crop: Square
        let frameSize: Int
        let score: Int
        let keypoints: [Point]

        init(_ profile: CalibrationProfile) {
            let (detection, view) = (profile.initial.detection, profile.initial.viewpoint)
            let keypoints = detection.keypoints
            format = CalibrationProfile.format
            version = CalibrationProfile.version
            created = profile.created
            subject = profile.subject
            score = profile.score
            picture = Size(width: view.sourceSize.width, height: view.sourceSize.height)
            crop = Square(x: view.square.x, y: view.square.y, side: view.square.side)
            frameSize = view.side
            self.keypoints = (0..<keypoints.count).map { index in
                let (value, jacobian) = (keypoints[value: index], keypoints[jacobian: index])
                return Point(
                    value: [value.x, value.y],
                    jacobian: [[jacobian.xx, jacobian.xy], [jacobian.yx, jacobian.yy]],
                    spread: detection.spreads[index])
            }
        }

        /// - Returns: `nil` unless every number makes sense.
        func initial(for model: FOMMModel) -> DrivingInitial? {
            guard let size = FrameSize(claimedWidth: picture.width, height: picture.height),
                (16...2048).contains(frameSize), (0...100).contains(score)
            else { return nil }
            let square = FrameSquare(x: crop.x, y: crop.y, side: crop.side, in: size)
            guard (square.x, square.y, square.side) == (crop.x, crop.y, crop.side) else { return nil }
            var read = Keypoints(count: keypoints.count, hasJacobians: model.hasJacobians)
            var spreads = SIMD32<Float>.zero
            for (index, point) in keypoints.enumerated() {
                guard point.value.count == 2, point.value.allSatisfy({ abs($0) <= 2 }),
                    point.jacobian.count == 2, point.jacobian.allSatisfy({ $0.count == 2 }),
                    (0...2).contains(point.spread)
                else { return nil }
                let (first, second) = (point.jacobian[0], point.jacobian[1])
                let jacobian = Matrix2x2(first[0], first[1], second[0], second[1])
                guard jacobian.inverse != nil else { return nil }
                spreads[index] = point.spread
                read[value: index] = SIMD2(point.value[0], point.value[1])
                if model.hasJacobians { read[jacobian: index] = jacobian }
            }
            guard read.allFinite else { return nil }
            return DrivingInitial(
                Detection(keypoints: read, spreads: spreads), Viewpoint(square, of: size, side: frameSize))
        }
    }
}

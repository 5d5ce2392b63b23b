import Assets
import FOMMCore
import Frames
import Motion
import System

/// Says how good an avatar a picture makes, by what the bundled model's detector and the pixels say. One queue owns a
/// value.
package final class PortraitCheck {
    private let scan: FaceScan
    private let face: FaceKeypoints
    private let reference: Detection
    private let reader: AvatarReader
    private let side: Int

    /// Bounds of what is remarked on; docs/portraits.md has what they were found by.
    private enum Bound {
        /// Pixels along the square's side.
        static let side = 160
        static let sharpness = 5.0
        static let brightness = 55.0...205.0
        static let unevenness = 1.9
        /// Degrees.
        static let (yaw, roll) = (22.0, 18.0)
        static let (lids, lips) = (0.07, 0.1)
        static let doubt = 2.6
        /// How much of the square may be missing at the picture's edges.
        static let missing = 0.22
    }

    /// - Parameter threads: at least 1.
    package init(threads: Int) throws {
        let model = try FOMMModel(EmbeddedAssets.model)
        let detector = FrameDetector(model, threads: threads)
        guard let face = FaceKeypoints(names: model.configuration.keypointNames) else {
            preconditionFailure("the default model names its keypoints")
        }
        self.face = face
        scan = try FaceScan(detector)
        reference = scan.reference
        reader = AvatarReader(detector, scan: scan)
        side = model.frameSize
    }

    /// - Parameters:
    ///   - picture: of whatever size.
    ///   - name: of its file.
    ///   - framing: as for an avatar.
    /// - Returns: what was found, and the picture as the sheet shows it.
    /// - Throws: what ``AvatarReader/view(of:name:_:)`` throws.
    package func examine(
        _ picture: PixelBuffer, name: String, _ framing: AvatarFraming
    ) throws -> (findings: PortraitFindings, sheet: PortraitSheet.Row) {
        let faces = scan.faces(in: picture)
        let view = try reader.view(of: picture, name: name, framing, faces: faces)
        let fit = SquareFit(from: picture.size, side: side, square: view.square)
        let crop = PixelBuffer(size: FrameSize(square: side)) { fit(picture, into: $0) }
        let seen = scan.look(at: view.square, of: picture)
        let isFace = if case .noFace = view.reason { false } else { seen.confidence >= FaceScan.possible }
        let keypoints = seen.detection.keypoints
        let light = FaceLight(crop, isFace ? keypoints : nil)
        var findings = PortraitFindings(
            width: picture.size.width, height: picture.size.height, crop: .init(view.square),
            faces: faces.map { .init($0) }, sharpness: light.sharpness.rounded(toPlaces: 1),
            brightness: light.brightness.rounded(), unevenness: light.unevenness.rounded(toPlaces: 2), remarks: [])
        if isFace {
            let pose = PoseDifference(from: reference.keypoints, to: keypoints)
            let expression = FaceExpression(keypoints, face)
            findings.yaw = pose.yaw.rounded()
            findings.roll = pose.roll.rounded()
            findings.lids = expression.lids.rounded(toPlaces: 3)
            findings.lips = expression.lips.rounded(toPlaces: 3)
            findings.doubt = doubt(seen.detection).rounded(toPlaces: 2)
        }
        findings.remarks = remarks(findings, isFace: isFace, seen)
        return (findings, PortraitSheet.Row(picture, view.square, crop, isFace ? keypoints : nil))
    }

    private func remarks(_ findings: PortraitFindings, isFace: Bool, _ seen: FoundFace) -> [PortraitRemark] {
        var remarks: [PortraitRemark] = []
        func note(_ remark: PortraitRemark, _ holds: Bool) { if holds { remarks.append(remark) } }
        note(findings.faces.isEmpty ? .noFace : .faceElsewhere, !isFace)
        note(.severalFaces, findings.faces.count > 1)
        note(.small, findings.crop.side < Bound.side)
        note(.blurred, findings.sharpness < Bound.sharpness)
        note(.dark, findings.brightness < Bound.brightness.lowerBound)
        note(.bright, findings.brightness > Bound.brightness.upperBound)
        note(.oneSided, findings.unevenness > Bound.unevenness)
        note(.turned, abs(findings.yaw ?? 0) > Bound.yaw)
        note(.tilted, abs(findings.roll ?? 0) > Bound.roll)
        note(.eyesClosed, (findings.lids ?? 1) < Bound.lids)
        note(.mouthOpen, (findings.lips ?? 0) > Bound.lips)
        note(.hidden, (findings.doubt ?? 0) > Bound.doubt)
        note(.cutOff, isFace && missing(around: seen) > Bound.missing)
        return remarks
    }

    private func doubt(_ detection: Detection) -> Double {
        (0..<detection.keypoints.count).filter { face.isNamed($0) }
            .map { Double(detection.spreads[$0] / max(reference.spreads[$0], 0.02)) }.max() ?? 0
    }

    /// How much larger the square would be that frames the face as the reference is, had the picture no edges.
    private func missing(around seen: FoundFace) -> Double {
        let fit = Similarity.leastSquares(from: reference.keypoints, to: seen.detection.keypoints)
        return max(0, 1 - 1 / fit.scale)
    }
}

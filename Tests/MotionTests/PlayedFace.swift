import Foundation

@testable import FOMMCore
@testable import Motion

/// A face in three dimensions whose keypoints can be told what to do: what ``FaceMotion`` is tested with.
struct PlayedFace {
    static let names = [
        "nose", "bridge", "forehead", "chin", "jaw_r", "jaw_l", "cheek_r", "cheek_l", "lid_up_r", "lid_lo_r",
        "lid_up_l",
        "lid_lo_l", "brow_r", "brow_l", "mouth_r", "mouth_l", "lip_up", "lip_lo", "iris_r", "iris_l", "free_1",
        "free_2",
    ]
    static let keypoints = FaceKeypoints(names: names)!
    static func index(_ name: String) -> Int { names.firstIndex(of: name)! }

    /// Degrees: of the head to its left, down, and clockwise.
    var (yaw, pitch, roll) = (0.0, 0.0, 0.0)
    /// Half frames from cheek to cheek, and where the middle of the face is.
    var size = 0.9
    var place = SIMD2(0.0, 0.0)
    /// Gaps between lids and between lips, in widths of the face.
    var eyes = 0.062
    /// By how much less the right eye is open.
    var wink = 0.0
    var lips = 0.0
    /// From corner to corner, and of the pupils from one another, in widths of the face.
    var mouth = 0.362
    var eyeDistance = 0.456
    /// How far brows are raised, in widths of the face.
    var brows = 0.0

    private var points: [SIMD3<Double>] {
        let eye = eyeDistance / 2
        let lids = [(-eye, eyes - wink), (eye, eyes)].flatMap { x, open in
            [SIMD3(x, -0.236 - open * 0.8, 0.031), SIMD3(x, -0.236 + open * 0.2, 0.035)]
        }
        return [
            [0, 0.036, -0.243], [0, -0.275, -0.067], [0, -0.518, -0.04], [0, 0.596 + 0.8 * lips, -0.003],
            [-0.391, 0.37, 0.302], [0.391, 0.37, 0.302], [-0.5, -0.059, 0.466], [0.5, -0.059, 0.466],
        ] + lids + [
            [-0.298, -0.418 - brows, 0.002], [0.298, -0.418 - brows, 0.002], [-mouth / 2, 0.265, 0],
            [mouth / 2, 0.265, 0], [0, 0.265 - 0.3 * lips, -0.104], [0, 0.265 + 0.7 * lips, -0.095],
            [-eye, -0.237, 0.049], [eye, -0.237, 0.049], [-0.7, 0.9, 0.5], [0.7, 0.9, 0.5],
        ]
    }

    /// As a camera far away sees them; Jacobians are those of the plane of the face.
    var keypoints: Keypoints {
        let (y, p, r) = (yaw * .pi / 180, pitch * .pi / 180, roll * .pi / 180)
        func turned(_ point: SIMD3<Double>) -> SIMD3<Double> {
            let a = SIMD3(point.x * cos(y) - point.z * sin(y), point.y, point.x * sin(y) + point.z * cos(y))
            let b = SIMD3(a.x, a.y * cos(p) - a.z * sin(p), a.y * sin(p) + a.z * cos(p))
            return SIMD3(b.x * cos(r) - b.y * sin(r), b.x * sin(r) + b.y * cos(r), b.z)
        }
        let (across, along) = (turned([1, 0, 0]), turned([0, 1, 0]))
        var result = Keypoints(count: Self.names.count, hasJacobians: true)
        for (index, point) in points.enumerated() {
            let seen = turned(point)
            result[value: index] = SIMD2<Float>(place + size * SIMD2(seen.x, seen.y))
            result[jacobian: index] = size * Matrix2x2(across.x, along.x, across.y, along.y)
        }
        return result
    }

    /// This face after `change`.
    func with(_ change: (inout PlayedFace) -> Void) -> PlayedFace {
        var face = self
        change(&face)
        return face
    }
}

extension Keypoints {
    /// How far the lower edge is below the upper one, in widths of a face of `size`.
    func gap(_ upper: String, _ lower: String, size: Double = 0.9) -> Double {
        Double(self[value: PlayedFace.index(lower)].y - self[value: PlayedFace.index(upper)].y) / size
    }
}

import Glibc

/// Where each pixel of a posed frame is found in the neutral picture.
///
/// The face is the front of a solid: every point of the portrait gets a depth, turns with the head in three dimensions
/// and is seen from straight ahead. Away from the head the movement fades out, so neck, shoulders and backdrop stretch
/// instead of tearing. That displacement is known forwards (neutral -> posed); the picture needs it backwards, which a
/// fixed-point iteration gives, because neighbouring points never overtake each other at the script's angles.
struct HeadWarp {
    private let geometry: FaceGeometry
    private let pose: TestCamera.Pose
    /// Rows of the rotation by yaw, then pitch: only what x and y of the result need.
    private let turn: (x: SIMD3<Float>, y: SIMD3<Float>)
    private let tilt: (cosine: Float, sine: Float)

    /// More do not change an 8-bit picture.
    private static let iterations = 9

    init(geometry: FaceGeometry, pose: TestCamera.Pose) {
        self.geometry = geometry
        self.pose = pose
        let (yaw, pitch, roll) = (
            Float(pose.yaw) * .pi / 180, Float(pose.pitch) * .pi / 180, Float(pose.roll) * .pi / 180
        )
        // Depth counts towards the camera, x right, y down: a face turning right takes near points to larger x.
        turn = (
            x: [cosf(yaw), 0, sinf(yaw)],
            y: [-sinf(pitch) * -sinf(yaw), cosf(pitch), sinf(pitch) * cosf(yaw)]
        )
        tilt = (cosf(roll), sinf(roll))
    }

    /// - Parameter posed: a place in the portrait's coordinates (fractions of its side), shift already taken off.
    /// - Returns: the place that is seen there, in the neutral portrait.
    func source(of posed: SIMD2<Float>) -> SIMD2<Float> {
        var place = posed
        for _ in 0..<Self.iterations { place = posed - displacement(at: place) }
        return place
    }

    /// How far a point of the neutral portrait moves.
    func displacement(at place: SIMD2<Float>) -> SIMD2<Float> {
        let weight = 1 - smoothstep(0.95, 1.75, geometry.head.radius(at: place))
        guard weight > 0 else { return .zero }
        let flat = place - geometry.pivot
        let solid = SIMD3(flat.x, flat.y, depth(at: place) + geometry.pivotDepth)
        let turned = SIMD2((turn.x * solid).sum(), (turn.y * solid).sum()) + geometry.pivot
        let fromNeck = turned - geometry.neck
        let tilted = SIMD2(
            tilt.cosine * fromNeck.x - tilt.sine * fromNeck.y, tilt.sine * fromNeck.x + tilt.cosine * fromNeck.y)
        return weight * (tilted + geometry.neck - place)
    }

    /// The ellipsoid's front, its edge rounded off so that the slope stays finite and the depth fades to nothing.
    private func depth(at place: SIMD2<Float>) -> Float {
        let radius = geometry.face.radius(at: place)
        let inside = 1 - radius * radius
        let rounded = (inside + (inside * inside + 0.06).squareRoot()) / 2
        return geometry.faceDepth * rounded.squareRoot()
    }
}

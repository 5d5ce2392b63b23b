import FOMMCore

/// Which keypoints of a model are which place of a face, by the names that the model gives them (docs/models.md).
///
/// Right and left are those of the person shown, whose right is on the left of the picture.
public struct FaceKeypoints: Sendable {
    /// Two edges that meet when an eye or a mouth closes.
    public struct Opening: Sendable {
        public let upper: Int
        public let lower: Int
        public let part: FacePart
    }

    /// Lids and iris, by the indices of their keypoints.
    public struct Eye: Sendable {
        public let lids: Opening
        public let iris: Int
    }

    /// Right and left.
    public let eyes: [Eye]
    public let lips: Opening
    /// Corners of the mouth, right and left.
    public let corners: (right: Int, left: Int)
    /// Right and left, as the eyes.
    public let brows: [Int]
    /// The part that every keypoint belongs to; what has no name goes with the head.
    private let parts: [FacePart]
    private let named: Set<Int>
    /// 1 for keypoints that only the head moves, 0 for others.
    public let rigid: SIMD32<Double>
    /// How far behind the middle of the face a keypoint lies, in widths of the face: an average face's.
    public let depth: SIMD32<Double>

    /// - Parameter names: one for each keypoint of the model.
    /// - Returns: `nil` where a place that is needed has no name.
    public init?(names: [String]) {
        precondition(names.count <= Keypoints.limit, "\(names.count) keypoints")
        var index: [String: Int] = [:]
        for (number, name) in names.enumerated() { index[name] = number }
        guard Self.places.allSatisfy({ index[$0.name] != nil }) else { return nil }
        func at(_ name: String) -> Int { index[name]! }  // all of them are there
        eyes = ["r", "l"].map { side in
            Eye(
                lids: Opening(upper: at("lid_up_\(side)"), lower: at("lid_lo_\(side)"), part: .eyes),
                iris: at("iris_\(side)"))
        }
        lips = Opening(upper: at("lip_up"), lower: at("lip_lo"), part: .mouth)
        corners = (at("mouth_r"), at("mouth_l"))
        brows = [at("brow_r"), at("brow_l")]
        var parts = [FacePart](repeating: .head, count: names.count)
        var (rigid, depth) = (SIMD32<Double>.zero, SIMD32<Double>.zero)
        for place in Self.places {
            let number = at(place.name)
            parts[number] = place.part
            depth[number] = place.depth
            rigid[number] = place.part == .head ? 1 : 0
        }
        named = Set(Self.places.map { at($0.name) })
        (self.parts, self.rigid, self.depth) = (parts, rigid, depth)
    }

    /// Keypoints that move suddenly: lids, irises and lips.
    var quick: [Int] { eyes.flatMap { [$0.lids.upper, $0.lids.lower, $0.iris] } + [lips.upper, lips.lower] }

    /// Whether it is a known place of the face.
    public func isNamed(_ keypoint: Int) -> Bool { named.contains(keypoint) }

    /// Which part of the face a keypoint belongs to.
    ///
    /// - Parameter keypoint: its index; what has no name goes with the head.
    public func part(of keypoint: Int) -> FacePart { parts[keypoint] }

    /// What must have a name. Depths are those of the mean of 2500 meshes that MediaPipe's face mesh found.
    private static let places: [(name: String, part: FacePart, depth: Double)] = [
        ("nose", .head, -0.243),
        ("bridge", .head, -0.067),
        ("forehead", .head, -0.040),
        ("chin", .mouth, -0.003),
        ("jaw_r", .head, 0.302),
        ("jaw_l", .head, 0.302),
        ("cheek_r", .head, 0.466),
        ("cheek_l", .head, 0.466),
        ("lid_up_r", .eyes, 0.031),
        ("lid_lo_r", .eyes, 0.035),
        ("lid_up_l", .eyes, 0.031),
        ("lid_lo_l", .eyes, 0.035),
        ("brow_r", .brows, 0.002),
        ("brow_l", .brows, 0.002),
        ("mouth_r", .mouth, 0),
        ("mouth_l", .mouth, 0),
        ("lip_up", .mouth, -0.104),
        ("lip_lo", .mouth, -0.095),
        ("iris_r", .eyes, 0.049),
        ("iris_l", .eyes, 0.049),
    ]
}

import FOMMCore

extension Keypoints {
    /// Area of the keypoints' convex hull, 0...4; 0 where they are all in one place or on one line.
    /// Andrew's monotone chain and the shoelace formula, as `scipy.spatial.ConvexHull(points).volume`.
    public var hullArea: Double {
        withUnsafeTemporaryAllocation(of: SIMD2<Double>.self, capacity: count) { points in
            for index in 0..<count { points.initializeElement(at: index, to: SIMD2<Double>(self[value: index])) }
            var points = points
            points.sort { ($0.x, $0.y) < ($1.x, $1.y) }
            let doubled = Self.chain(points, points.indices) + Self.chain(points, points.indices.reversed())
            return abs(doubled) / 2
        }
    }

    /// One side of the hull, from the first point of `order` to its last: the sum of the cross products of its edges.
    private static func chain(
        _ points: UnsafeMutableBufferPointer<SIMD2<Double>>, _ order: some Collection<Int>
    ) -> Double {
        withUnsafeTemporaryAllocation(of: SIMD2<Double>.self, capacity: points.count) { hull in
            var count = 0
            for index in order {
                let point = points[index]
                while count >= 2, cross(hull[count - 1] - hull[count - 2], point - hull[count - 2]) <= 0 { count -= 1 }
                hull.initializeElement(at: count, to: point)
                count += 1
            }
            return (1..<max(count, 1)).reduce(0) { $0 + cross(hull[$1 - 1], hull[$1]) }
        }
    }

    private static func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }

    /// The keypoints with their mean at 0 and a hull of area 1, so that poses of different faces can be compared; `nil`
    /// where they have no extent.
    private var normalisedValues: [SIMD2<Double>]? {
        let area = hullArea
        guard area > 1e-6, area.isFinite else { return nil }
        let values = (0..<count).map { SIMD2<Double>(self[value: $0]) }
        let mean = values.reduce(.zero, +) / Double(count)
        return values.map { ($0 - mean) / area.squareRoot() }
    }

    /// How differently two faces are posed, translation and size aside: the sum of squared distances between keypoints
    /// that are mean-centred and divided by the square root of their hull's area. `nil` where one has no extent.
    /// Source: `find_best_frame` of the reference implementation, with keypoints in place of landmarks.
    public func poseDistance(to other: Keypoints) -> Double? {
        guard let own = normalisedValues, let others = other.normalisedValues else { return nil }
        return zip(own, others).reduce(0) { sum, pair in
            let difference = pair.0 - pair.1
            return sum + (difference * difference).sum()
        }
    }
}

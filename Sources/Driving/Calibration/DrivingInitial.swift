import FOMMCore

/// The neutral pose of whoever drives, and from where it was seen (driving initial).
package struct DrivingInitial: Sendable, Equatable {
    package let detection: Detection
    package let viewpoint: Viewpoint

    package init(_ detection: Detection, _ viewpoint: Viewpoint) {
        self.detection = detection
        self.viewpoint = viewpoint
    }

    package var keypoints: Keypoints { detection.keypoints }

    /// The middle of several frames, element by element: one that is off does not count for more than any other.
    ///
    /// - Parameter frames: at least one, all of one model and seen from `viewpoint`.
    init(medianOf frames: [Detection], _ viewpoint: Viewpoint) {
        var median = frames[0].keypoints
        var spreads = frames[0].spreads
        func middle(_ element: (Detection) -> Double) -> Double {
            let sorted = frames.map(element).sorted()
            let half = sorted.count / 2
            return sorted.count.isMultiple(of: 2) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
        }
        for index in 0..<median.count {
            median[value: index] = SIMD2(
                Float(middle { Double($0.keypoints[value: index].x) }),
                Float(middle { Double($0.keypoints[value: index].y) }))
            let jacobian = Matrix2x2(
                middle { $0.keypoints[jacobian: index].xx }, middle { $0.keypoints[jacobian: index].xy },
                middle { $0.keypoints[jacobian: index].yx }, middle { $0.keypoints[jacobian: index].yy })
            spreads[index] = Float(middle { Double($0.spreads[index]) })
            // Elements of different frames may make a matrix that none of them was near to.
            if jacobian.inverse != nil { median[jacobian: index] = jacobian }
        }
        self.init(Detection(keypoints: median, spreads: spreads), viewpoint)
    }
}

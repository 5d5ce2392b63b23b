import FOMMCore

/// ``RelativeMotion`` for a face whose keypoints have names: head, eyes, brows and mouth are told apart, each moves by the
/// avatar's own measure, and what is closed is closed.
///
/// With H the movement of the head (``HeadMotion``: `x -> S t(x)`) a driving keypoint is `x_D = S (t(x_R) + e)`; `e`
/// is what its part does. Gains scale the turn and the similarity of the head, and `e` of each part. Neighbourhoods are
/// taken apart likewise. Then relative motion takes it over to the avatar, and the openings of eyes and mouth are set
/// anew (``OpeningMotion``).
///
/// A value; belongs to one queue. It learns how far the driver's eyes are open.
struct FaceMotion: Sendable {
    private let initial: Keypoints
    private let face: FaceKeypoints
    private let relative: RelativeMotion
    /// How much of the head's movement is taken over, and of what every keypoint's part does besides.
    private let headGain: Double
    private let partGains: SIMD32<Double>
    private var eyes: (right: OpeningMotion, left: OpeningMotion)
    private var lips: OpeningMotion

    /// - Parameters:
    ///   - source: keypoints of the avatar.
    ///   - initial: keypoints of the calibration frame, finite.
    init(
        _ settings: FaceSettings, _ gains: MotionGains, relative: RelativeMotion, source: Keypoints,
        initial: Keypoints, _ face: FaceKeypoints
    ) {
        (self.initial, self.face, self.relative) = (initial, face, relative)
        headGain = gains.motion * gains.head * settings.gain(.head)
        let expression = gains.motion * gains.expression
        var partGains = SIMD32<Double>.zero
        for index in 0..<source.count where face.part(of: index) != .head {
            let part = face.part(of: index)
            let proportion =
                face.size(of: part, in: source) / (Double(relative.movementScale) * face.size(of: part, in: initial))
            partGains[index] = expression * settings.gain(part)
            if settings.keepsProportions, proportion.isFinite {
                partGains[index] *= min(max(proportion, Self.proportions.lowerBound), Self.proportions.upperBound)
            }
        }
        self.partGains = partGains
        func opening(_ which: FaceKeypoints.Opening) -> OpeningMotion {
            OpeningMotion(which, settings, expression: expression, source: source, initial: initial, face)
        }
        eyes = (opening(face.eyes[0].lids), opening(face.eyes[1].lids))
        lips = opening(face.lips)
    }

    /// - Parameters:
    ///   - driving: keypoints of the driving frame, finite.
    ///   - rest: 0...1, how far openings are the avatar's own.
    /// - Returns: where the avatar's are to be.
    mutating func callAsFunction(_ driving: Keypoints, rest: Double) -> Keypoints {
        let head = HeadMotion(from: initial, to: driving, face)
        let shown = head.whole.power(headGain)
        var moved = relative(gained(driving, head, shown))
        let open = Self.together(eyes.right.amount(driving, head), eyes.left.amount(driving, head))
        eyes.right.apply(open.right, to: &moved, shown: shown, rest: rest)
        eyes.left.apply(open.left, to: &moved, shown: shown, rest: rest)
        lips.apply(lips.amount(driving, head), to: &moved, shown: shown, rest: rest)
        return moved
    }

    /// Eyes open and close together, and what they differ by is the detector's error, unless it is as much as a wink.
    private static func together(_ right: Double, _ left: Double) -> (right: Double, left: Double) {
        let (mean, half) = ((right + left) / 2, (right - left) / 2)
        let t = min(max((abs(2 * half) - wink.lowerBound) / (wink.upperBound - wink.lowerBound), 0), 1)
        let own = t * t * (3 - 2 * t) * half
        return (mean + own, mean - own)
    }

    /// Shares of an open eye that a wink begins and ends with.
    private static let wink = 0.4...0.8

    /// The driver's keypoints as if it had moved as much as the gains say.
    private func gained(_ driving: Keypoints, _ head: HeadMotion, _ shown: Similarity) -> Keypoints {
        let undone = head.whole.linear.inverse ?? .identity
        let straight = head.stretch.inverse ?? .identity
        let turn = Matrix2x2.identity.moved(towards: head.stretch, by: headGain)
        var result = driving
        for index in 0..<driving.count {
            let neutral = SIMD2<Double>(initial[value: index])
            let own = head.whole.undo(SIMD2<Double>(driving[value: index]))
            // What goes with the head goes all of it: a turn is more than the fit knows.
            let isHead = face.part(of: index) == .head
            let turned = isHead ? own : head.turned(index)
            result[value: index] = SIMD2<Float>(
                shown(neutral + headGain * (turned - neutral) + partGains[index] * (own - turned)))

            guard let inverse = initial[jacobian: index].inverse else { continue }
            let stretch = undone * driving[jacobian: index] * inverse
            let change =
                isHead
                ? Matrix2x2.identity.moved(towards: stretch, by: headGain)
                : turn * Matrix2x2.identity.moved(towards: straight * stretch, by: partGains[index])
            result[jacobian: index] = shown.linear * change * initial[jacobian: index]
        }
        return result
    }

    /// Faces differ, but not by more than that; beyond it something else is wrong.
    private static let proportions = 0.6...1.7
}

extension FaceKeypoints {
    /// How large a part is, in keypoint units: its own measure.
    func size(of part: FacePart, in keypoints: Keypoints) -> Double {
        func distance(_ first: Int, _ second: Int) -> Double {
            let way = SIMD2<Double>(keypoints[value: first]) - SIMD2<Double>(keypoints[value: second])
            return (way * way).sum().squareRoot()
        }
        return switch part {
        case .head: rigidExtent(keypoints)
        case .eyes, .brows: distance(eyes[0].iris, eyes[1].iris)
        case .mouth: distance(corners.right, corners.left)
        }
    }

    /// Root mean square distance of the head's keypoints from their middle.
    func rigidExtent(_ keypoints: Keypoints) -> Double {
        var (count, sum, squares) = (0.0, SIMD2<Double>.zero, 0.0)
        for index in 0..<keypoints.count where rigid[index] > 0 {
            let place = SIMD2<Double>(keypoints[value: index])
            count += 1
            sum += place
            squares += (place * place).sum()
        }
        let mean = sum / count
        return max(squares / count - (mean * mean).sum(), 0).squareRoot()
    }

    /// The unit vector that points down the face, from the eyes' line.
    func down(_ keypoints: Keypoints) -> SIMD2<Double> {
        func middle(_ eye: Eye) -> SIMD2<Double> {
            (SIMD2<Double>(keypoints[value: eye.lids.upper]) + SIMD2<Double>(keypoints[value: eye.lids.lower])) / 2
        }
        let across = middle(eyes[1]) - middle(eyes[0])
        let length = (across * across).sum().squareRoot()
        return length > 1e-3 ? SIMD2(-across.y, across.x) / length : SIMD2(0, 1)
    }
}

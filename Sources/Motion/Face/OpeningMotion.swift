import FOMMCore

/// How far an eye or the mouth of the avatar is open, from how far the driver's is.
///
/// Relative motion adds what has changed since the calibration frame: a mouth that was open then keeps the avatar's shut,
/// and large eyes never close. Here the driver's opening counts, in its own measure: that of eyes as a share of how far they
/// are open when they are (learnt while running), that of lips as a share of the size of the face. The two edges are set
/// apart that far, about where relative motion has them; nothing else is touched, and they never cross.
///
/// A value; belongs to one queue.
struct OpeningMotion: Sendable {
    private let opening: FaceKeypoints.Opening
    private let face: FaceKeypoints
    private let initial: Keypoints
    private let isAbsolute: Bool
    /// 0...2: how much of the driver's opening is taken over, none leaves the avatar its own.
    private let gain: Double
    /// How far the avatar's own is open, keypoint units.
    private let own: Double
    /// Down the driver's face in the calibration frame, and down the avatar's.
    private let down: (initial: SIMD2<Double>, source: SIMD2<Double>)
    /// The avatar's face in units of the driver's.
    private let scale: Double
    /// How far the driver's eye is open when it is: what the calibration frame says, or an average eye where its is shut;
    /// keypoint units of the calibration frame.
    private let believed: Double
    /// The same as what has been seen since says.
    private var learnt: Double

    init(
        _ opening: FaceKeypoints.Opening, _ settings: FaceSettings, expression: Double, source: Keypoints,
        initial: Keypoints, _ face: FaceKeypoints
    ) {
        (self.opening, self.face, self.initial) = (opening, face, initial)
        down = (face.down(initial), face.down(source))
        own = max(opening.gap(source, down.source), 0)
        let size = (initial: face.rigidExtent(initial), source: face.rigidExtent(source))
        scale = size.initial > 1e-3 ? size.source / size.initial : 1
        gain = expression * settings.gain(opening.part)
        let isEye = opening.part == .eyes
        let before = opening.gap(initial, down.initial)
        believed = before < Self.doubtful * size.initial ? Self.typicalOpen * size.initial : before
        learnt = believed
        // Eyes that are shut in the picture cannot be opened.
        isAbsolute =
            (isEye ? settings.lids : settings.lips) == .absolute && !(isEye && own < Self.shut * size.source)
    }

    /// Sets the two edges.
    ///
    /// - Parameters:
    ///   - moved: the avatar's keypoints as relative motion has them.
    ///   - amount: how far the driver's is open, see ``amount(_:_:)``.
    ///   - shown: how the avatar's head moves.
    ///   - rest: 0...1, how far the opening is the avatar's own.
    func apply(_ amount: Double, to moved: inout Keypoints, shown: Similarity, rest: Double) {
        let down = shown.turned(self.down.source)
        let gap = opening.gap(moved, down)
        let change = opening.part == .eyes ? own * (amount - 1) : scale * amount - own
        let wanted = max(0, isAbsolute ? shown.scale * (own + (1 - rest) * gain * change) : gap)
        guard wanted != gap else { return }
        let lower = opening.part == .eyes ? Self.lowerLid : Self.lowerLip
        moved[value: opening.lower] += SIMD2<Float>(lower * (wanted - gap) * down)
        moved[value: opening.upper] -= SIMD2<Float>((1 - lower) * (wanted - gap) * down)
    }

    /// How far the driver's is open: of an eye the share of how far it is when it is open, of a mouth keypoint units.
    ///
    /// - Parameters:
    ///   - driving: keypoints of the driving frame.
    ///   - head: how the driver's head moved.
    mutating func amount(_ driving: Keypoints, _ head: HeadMotion) -> Double {
        let gap = max(
            0, (straight(opening.lower, driving, head) - straight(opening.upper, driving, head)).dot(down.initial))
        guard opening.part == .eyes else { return gap }
        let share = min(max((gap / open - Self.closedShare) / (1 - Self.closedShare), 0), Self.widest)
        learn(gap)
        return share
    }

    /// Where a keypoint is with the head's movement taken out.
    private func straight(_ index: Int, _ driving: Keypoints, _ head: HeadMotion) -> SIMD2<Double> {
        SIMD2<Double>(initial[value: index]) + head.whole.undo(SIMD2<Double>(driving[value: index]))
            - head.turned(index)
    }

    /// What was believed, as long as what is learnt is near it: the calibration frame shows the avatar as it is.
    private var open: Double {
        let change = learnt / believed
        return believed * (change > Self.near ? change / Self.near : min(1, change * Self.near))
    }

    /// Robbins and Monro's estimate of a quantile, in steps of a share of itself.
    private mutating func learn(_ gap: Double) {
        learnt *= 1 + Self.pace * (gap > learnt ? Self.quantile : Self.quantile - 1)
    }

    private static let (pace, quantile) = (0.01, 0.85)
    /// What is learnt may be so many times more, or less, than what is believed.
    private static let near = 1.15
    private static let (lowerLid, lowerLip) = (0.2, 0.7)
    /// Of an open eye: what the detector still sees of a closed one.
    private static let closedShare = 0.25
    /// How much further than usual eyes may open.
    private static let widest = 1.4
    /// In units of the head's extent: an eye that is open, one that may be, and one that is shut.
    private static let (typicalOpen, doubtful, shut) = (0.14, 0.08, 0.05)
}

extension FaceKeypoints.Opening {
    /// How far the lower edge is below the upper one; negative where they cross.
    func gap(_ keypoints: Keypoints, _ down: SIMD2<Double>) -> Double {
        (SIMD2<Double>(keypoints[value: lower]) - SIMD2<Double>(keypoints[value: upper])).dot(down)
    }
}

extension SIMD2<Double> {
    func dot(_ other: SIMD2<Double>) -> Double { (self * other).sum() }
}

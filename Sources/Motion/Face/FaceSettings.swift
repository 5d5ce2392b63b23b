/// What of a face goes over to the avatar, and how. For models that name their keypoints.
public struct FaceSettings: Hashable, Sendable {
    /// What the opening of eyes or of a mouth is counted from.
    public enum OpeningMode: String, CaseIterable, Sendable {
        /// From none: what the driver closes is closed, whatever the calibration frame showed.
        case absolute
        /// From that of the calibration frame.
        case relative
    }

    /// How much of what a part does is taken over, each 0...2, 1 where nothing is said; on top of those of ``MotionGains``.
    public var gains: [FacePart: Double] = [:]
    /// Which parts move at all.
    public var moves = Set(FacePart.allCases)
    public var lips = OpeningMode.absolute
    public var lids = OpeningMode.absolute
    /// Whether mouth, eyes and brows move by the avatar's own measure, not by the driver's.
    public var keepsProportions = true

    public init() {}

    /// 0...2.
    func gain(_ part: FacePart) -> Double { moves.contains(part) ? gains[part] ?? 1 : 0 }
}

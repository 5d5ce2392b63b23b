import Motion

/// What the detecting stage of a live run makes of the driver's keypoints.
package struct TrackerSettings: Sendable {
    package var mode = RelativeMotion.Mode.relative(adaptScale: true)
    /// 0...1, see ``KeypointFilter``.
    package var smoothing = KeypointFilter.defaultStrength
    package var gains = MotionGains()
    package var face = FaceSettings()
    package var limits = MotionLimits()
    package var onLost = LostFacePolicy.neutral
    package var calibration = CalibrationPlan()
    package var realFace = RealFacePolicy.onRequest

    package init() {}
}

/// How a run gets its calibration frame.
package struct CalibrationPlan: Sendable {
    package enum Start: Sendable, Equatable {
        /// The first frame will do: for recorded video, whose first frame shows the neutral pose.
        case firstFrame
        /// After a countdown; until then a card asks for it.
        case countdown
        /// At once, and better ones for the first seconds as they come.
        case automatic
        /// One that is known already.
        case given(DrivingInitial)
    }

    package var start = Start.firstFrame
    /// Seconds from asking to calibrate to the first frame that counts.
    package var countdown = 3.0
    /// Good frames whose median is taken.
    package var frames = 15
    /// Seconds that ``Start/automatic`` goes on looking for a better frame.
    package var search = 10.0
    /// Whether the face is looked for in the camera's picture at calibration.
    package var findsFace = false
    /// Whether frames that show no face are no calibration, even where there is none yet.
    package var needsFace = false

    package init() {}
}

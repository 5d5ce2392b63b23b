import Glibc

extension TestCamera {
    /// What the face does at one moment. All zero is the neutral pose: the portrait as it is.
    public struct Pose: Hashable, Sendable {
        /// Degrees about the vertical axis; positive turns the face towards the right edge of the picture.
        public var yaw = 0.0
        /// Degrees about the horizontal axis; positive nods the face down.
        public var pitch = 0.0
        /// Degrees in the picture plane; positive tilts the top of the head towards the right edge.
        public var roll = 0.0
        /// Displacement to the right, as a fraction of the frame's width.
        public var x = 0.0
        /// Displacement down, as a fraction of the frame's height.
        public var y = 0.0
        /// 0: eyes open as in the portrait; 1: shut.
        public var blink = 0.0
        /// 0: mouth as in the portrait; 1: wide open.
        public var mouth = 0.0
        /// 0: brows as in the portrait; 1: raised.
        public var brows = 0.0
        /// -1...1: towards the left and the right edge of the picture.
        public var gaze = 0.0
        /// Whether anybody sits there; without, only the backdrop is seen.
        public var isPresent = true

        public init(
            yaw: Double = 0, pitch: Double = 0, roll: Double = 0, x: Double = 0, y: Double = 0, blink: Double = 0,
            mouth: Double = 0, brows: Double = 0, gaze: Double = 0, isPresent: Bool = true
        ) {
            (self.yaw, self.pitch, self.roll) = (yaw, pitch, roll)
            (self.x, self.y) = (x, y)
            (self.blink, self.mouth, self.brows, self.gaze) = (blink, mouth, brows, gaze)
            self.isPresent = isPresent
        }

        public static let neutral = Pose()
    }

    /// How long the script takes before it starts over, in seconds.
    public static let scriptDuration = 12.0

    /// The script: the pose `seconds` after frame 0, a pure function of time.
    ///
    /// Neutral until 0.5 s, then a turn (±25°), a nod (±12°), a tilt (±12°), a shift (±8 % of the width, -4...8 % of
    /// the height), each running into the next, and a mix of all; in between the mouth speaks, the eyes blink and look around, and the brows
    /// go up. It passes through the neutral pose at the end of every round.
    public static func pose(atTime seconds: Double) -> Pose {
        let time = seconds.truncatingRemainder(dividingBy: scriptDuration)
        var pose = Pose()
        pose.yaw = 25 * swing(time, 0.5...3.7) + 16 * swing(time, 8.9...11.9)
        pose.pitch = 12 * swing(time, 3.2...5.7) - 7 * swing(time, 9.0...10.6)
        pose.roll = 12 * swing(time, 5.2...7.7) - 6 * swing(time, 9.6...11.8)
        pose.x = 0.08 * swing(time, 7.2...9.4) - 0.03 * swing(time, 10.2...11.9)
        pose.y = 0.08 * pulse(time, 7.4...8.6) - 0.04 * pulse(time, 8.6...9.8)
        for start in blinks { pose.blink += pulse(time, start...start + 0.32) }
        pose.mouth =
            0.6 * pulse(time, 1.7...2.3) + pulse(time, 4.0...5.0) + 0.7 * pulse(time, 6.1...6.6)
            + 0.5 * pulse(time, 6.6...7.0) + 0.8 * pulse(time, 9.9...10.5) + 0.5 * pulse(time, 10.5...10.9)
        pose.brows = pulse(time, 2.4...3.2) + pulse(time, 7.6...8.4) + pulse(time, 10.8...11.4)
        pose.gaze = swing(time, 3.6...5.2) + swing(time, 8.2...9.4)
        return pose
    }

    /// When the eyes begin to close, in seconds.
    private static let blinks = [0.8, 3.1, 5.4, 7.0, 9.5, 11.3]

    /// One movement to +1, through 0 to -1 and back; it starts and ends at rest.
    private static func swing(_ time: Double, _ interval: ClosedRange<Double>) -> Double {
        guard interval.contains(time) else { return 0 }
        let t = (time - interval.lowerBound) / (interval.upperBound - interval.lowerBound)
        return sin(2 * .pi * t * t * (3 - 2 * t))
    }

    /// One movement to +1 and back; it starts and ends at rest.
    private static func pulse(_ time: Double, _ interval: ClosedRange<Double>) -> Double {
        guard interval.contains(time) else { return 0 }
        let t = (time - interval.lowerBound) / (interval.upperBound - interval.lowerBound)
        return (1 - cos(2 * .pi * t)) / 2
    }
}

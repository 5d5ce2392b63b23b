import Driving
import Motion
import System

/// What can be asked of a run while it goes on; from any queue.
extension LivePipeline {
    /// Counts down, then takes the median of the next good frames as calibration frame.
    package func calibrate() {
        detectQueue.async { [tracker] in tracker.withState { $0.calibrate() } }
    }

    /// Looks for better calibration frames from now on, or stops doing so.
    ///
    /// - Parameter report: called on some queue with whether it does now.
    package func toggleCalibrationSearch(_ report: @escaping @Sendable (Bool) -> Void) {
        detectQueue.async { [tracker] in report(tracker.withState { $0.toggleSearch() }) }
    }

    /// Sends the driver's real face instead of the avatar, where it may, or no longer: once this has returned, no output gets
    /// another picture of it, and each gets one of the avatar at once, whether frames come or not.
    ///
    /// - Parameter isOn: `nil` changes it.
    package func showRealFace(_ isOn: Bool?) {
        realFace.set(isOn)
        detectQueue.async { [self] in
            let motion = tracker.withState { tracker -> MotionFrame? in
                // Whatever was asked for last.
                tracker.isPassthrough = realFace.isOpen
                return tracker.isPassthrough ? nil : tracker.cover()
            }
            if let motion { cover(motion) }
        }
    }

    /// How much of what a part of the face does the avatar takes over from now on.
    ///
    /// - Parameters:
    ///   - gain: 0...2.
    ///   - report: called on some queue with whether the model can tell the part from others.
    package func setGain(_ part: FacePart, _ gain: Double, _ report: @escaping @Sendable (Bool) -> Void) {
        detectQueue.async { [tracker] in report(tracker.withState { $0.setGain(part, gain) }) }
    }

    /// How much work goes into a picture from now on.
    package func setQuality(_ choice: QualityChoice) { dial.choose(choice) }

    /// For people: the step that pictures are made at now, and whether the run chose it.
    package var qualitySummary: String { dial.summary }

    /// Writes the next picture as a PNG file.
    ///
    /// - Parameter report: called on some queue with what went wrong, or `nil` when the file is there.
    package func keepPicture(at path: String, _ report: @escaping @Sendable (FrameError?) -> Void) {
        snapshots.take(path, report)
    }

    /// Shows another avatar as soon as it has been read; the one before stays until then.
    ///
    /// - Parameter onFailure: called on some queue where its picture cannot be read; the one before stays then.
    package func showAvatar(_ step: AvatarStep, onFailure: @escaping @Sendable (any Error) -> Void) {
        avatars.show(step, onFailure)
    }

    /// Shows another face of the avatar's picture.
    ///
    /// - Parameters:
    ///   - number: from 1, the largest; `nil` is the next one.
    ///   - onFailure: called on some queue where there is no such face.
    package func showFace(_ number: Int?, onFailure: @escaping @Sendable (any Error) -> Void) {
        avatars.showFace(number, onFailure)
    }

    /// Shows a picture that is none of the avatars yet, or the first of a folder, and adds them.
    ///
    /// - Parameter onFailure: called on some queue where it cannot be read; nothing changes then.
    package func openAvatar(_ path: String, onFailure: @escaping @Sendable (any Error) -> Void) {
        avatars.open(path, onFailure)
    }

    /// How many avatars there are to show; `nil` while the folder is being read again.
    package var avatarCount: Int? { avatars.choice?.list.count }

    /// Which avatar is meant.
    ///
    /// - Throws: ``PuppetError`` `.badCommand`: none or several are called so.
    package func avatarIndex(of name: String) throws(PuppetError) -> Int { try avatars.index(of: name) }

    /// Reads the folder of avatars again.
    ///
    /// - Parameter report: called on some queue with how many there are now, or why it could not be read.
    package func reloadAvatars(_ report: @escaping @Sendable (Result<Int, any Error>) -> Void) {
        avatars.reload(report)
    }

    /// Above 0 the face gets larger; a step is a twentieth of the camera's picture.
    package func zoom(_ steps: Double) { framing.zoom(steps) }

    /// Moves what is looked at, in pixels of the camera's picture.
    package func shiftCrop(x: Int, y: Int) { framing.shift(x: x, y: y) }

    package func resetCrop() { framing.reset() }
}

import FOMMCore
import Frames
import Motion
import System

/// What is found out about a recorded driving video before it is used: where its face is, and which frame shows the
/// neutral pose. Nothing of a source that cannot be read twice.
package struct DrivingSurvey: Sendable {
    /// What is looked at of the pictures; never ``CropChoice/auto``.
    package let crop: CropChoice
    /// The calibration frame; `nil` is the first one, whatever it shows.
    package let initial: DrivingInitial?
    /// Its number, where it had to be looked for.
    package let frame: Int?
    /// Whether a face was seen; `nil` where nobody looked.
    package let showsFace: Bool?
    private let choice: CalibrationChoice
    /// Whether all of it, as far as it was looked at, shows no face.
    package var isFaceless: Bool { showsFace == false && frame.map { choice != .frame($0) } ?? true }
    /// How many frames have been shown before anything was known.
    private let stillFrames: Int?

    /// Seconds between the first two whole pictures that are searched for a face, and by how much that grows.
    private static let (interval, growth) = (0.04, 1.25)
    /// Pictures that are searched at most, however little there is to be seen in them: 34 seconds in all.
    private static let searches = 24

    /// Looks the video through, as far as the choice needs that.
    ///
    /// - Parameters:
    ///   - choice: of the calibration frame.
    ///   - limit: frames to look at; `nil` is all of them.
    ///   - crop: what is asked for; ``CropChoice/auto`` is the face's square, the centre where none is found.
    ///   - detector: of the model that is driven.
    ///   - effort: how much is looked at for the first face.
    ///   - progress: called with the frames looked through so far, and how many there may be.
    /// - Throws: ``PuppetError`` `.cannotRewind` for a frame of standard input but the first, `.noSuchFrame` beyond the
    ///   last one, and whatever opening and reading the source throws.
    package init(
        _ driving: DrivingSource, _ choice: CalibrationChoice, limit: Int?, crop: CropChoice, avatar: Avatar,
        _ detector: FrameDetector, effort: SurveyEffort = .thorough, progress: (Int, Int?) -> Void = { _, _ in }
    ) throws {
        let knowsFaces = detector.model.configuration.animatesFaces
        guard driving.canRewind else {
            if choice != .firstFace, choice != .frame(0) {
                throw PuppetError(
                    .cannotRewind, driving.name, "cannot be looked through for a calibration frame before it is used",
                    hint: "write it to a file first, or calibrate on frame 0")
            }
            self.init(crop == .auto ? .center : crop, nil, nil, nil, choice)
            return
        }
        var passed = 0
        func pass(_ frames: Int, _ total: Int?) {
            passed = frames
            progress(frames, total)
        }
        let crop = crop == .auto && knowsFaces ? try Self.square(in: driving, limit, detector, effort, pass) : crop
        let chosen = crop == .auto ? .center : crop
        guard choice != .frame(0), knowsFaces || choice != .firstFace else {
            self.init(chosen, nil, nil, nil, choice)
            return
        }
        let driver = try DrivingFrames(driving, side: detector.model.frameSize, crop: chosen, limit: limit)
        let total = driver.expectedCount
        let confidence = try Self.confidence(in: avatar, detector)
        if choice == .firstFace {
            var search = FirstFaceSearch(confidence, rate: driver.frameRate, patience: effort.frames)
            // What cannot be read is reported when it is used.
            while search.goesOn, let frame = try? driver.next() {
                search.look(at: frame.pixels.withBytes { detector.detection(rgb8: $0) }, isDark: frame.isDark)
                progress(passed + search.read, total.map { passed + min($0, effort.frames) })
            }
            self.init(chosen, search, driver.viewpoint)
            return
        }
        if case .frame(let number) = choice {
            for _ in 0..<number {
                try driver.skip()
                progress(passed + driver.read, passed + number)
            }
        }
        var best: (detection: Detection, distance: Double, isFace: Bool, number: Int)?
        while let frame = try driver.next() {
            let detection = frame.pixels.withBytes { detector.detection(rgb8: $0) }
            let isFace = knowsFaces && confidence(detection, forgiving: true) >= FacePresence.returnThreshold
            if case .frame(let number) = choice {
                self.init(
                    chosen, DrivingInitial(detection, driver.viewpoint), number, knowsFaces ? isFace : nil, choice)
                return
            }
            // Keypoints that show no face have no pose.
            let distance = detection.keypoints.poseDistance(to: avatar.context.keypoints) ?? .infinity
            if best.map({ isFace == $0.isFace ? distance < $0.distance : isFace }) ?? true {
                best = (detection, distance, isFace, driver.read - 1)
            }
            progress(passed + driver.read, total.map { passed + $0 })
        }
        guard let best else {
            throw PuppetError(
                .noSuchFrame, driving.name, "has \(driver.read) frames and no frame \(choice)",
                hint: "calibrate on an earlier one; they are counted from 0")
        }
        self.init(
            chosen, DrivingInitial(best.detection, driver.viewpoint), best.number, knowsFaces ? best.isFace : nil,
            choice)
    }

    /// What a search has found.
    ///
    /// - Parameter isUsed: whether the frames that were looked at have been shown meanwhile.
    init(_ crop: CropChoice, _ search: FirstFaceSearch, _ viewpoint: Viewpoint, isUsed: Bool = false) {
        let found = search.found
        self.init(
            crop, found.map { DrivingInitial($0.detection, viewpoint) }, found?.number, found != nil, .firstFace,
            stillFrames: isUsed ? search.read : nil)
    }

    private init(
        _ crop: CropChoice, _ initial: DrivingInitial?, _ frame: Int?, _ showsFace: Bool?, _ choice: CalibrationChoice,
        stillFrames: Int? = nil
    ) {
        self.stillFrames = stillFrames
        (self.crop, self.initial, self.frame, self.showsFace, self.choice) = (crop, initial, frame, showsFace, choice)
    }

    /// How sure it is that a detection is of a face.
    static func confidence(in avatar: Avatar, _ detector: FrameDetector) throws -> FaceConfidence {
        let knowsFaces = detector.model.configuration.animatesFaces
        return FaceConfidence(
            initial: knowsFaces ? try face(like: avatar, detector) : avatar.context.detection)
    }

    /// What faces are compared with: the avatar's, or the bundled portrait's where the avatar shows none and the model can say
    /// so.
    private static func face(like avatar: Avatar, _ detector: FrameDetector) throws -> Detection {
        // Otherwise the scan's keypoints are another model's.
        guard FaceKeypoints(names: detector.model.configuration.keypointNames) != nil else {
            return avatar.context.detection
        }
        let scan = try FaceScan(detector)
        let own = scan.look(at: .centred(in: avatar.picture.size), of: avatar.picture.pixels)
        return own.confidence >= FaceScan.possible ? avatar.context.detection : scan.reference
    }

    /// About the face of the first picture that has one.
    private static func square(
        in driving: DrivingSource, _ limit: Int?, _ detector: FrameDetector, _ effort: SurveyEffort,
        _ progress: (Int, Int?) -> Void
    ) throws -> CropChoice {
        let scan = try FaceScan(detector)
        let source = try driving.open(frames: limit)
        var (number, searches, due, step) = (0, 0, 0.0, interval)
        while searches < Self.searches, scan.looks < effort.looks, limit.map({ number < $0 }) ?? true,
            let frame = try? source.next()
        {
            defer { number += 1 }
            progress(number + 1, nil)
            guard Double(number) >= due * source.frameRate.framesPerSecond else { continue }
            if let face = scan.framed(in: frame.pixels, least: effort.leastShare).face {
                let square = face.square
                return .square(x: square.x, y: square.y, side: square.side)
            }
            searches += 1
            due += step
            step *= growth
        }
        return .center
    }

    /// What a user may want to know about it, in one line.
    ///
    /// - Parameters:
    ///   - name: of the driving video.
    ///   - follows: whether the avatar follows where there is no face.
    package func notice(about name: String, follows: Bool) -> String? {
        switch (showsFace, frame) {
        case (false?, let frame?) where choice == .frame(frame):
            "\(name): frame \(frame), which it is calibrated on, shows no face: the avatar may stand still, or be torn"
        case (false?, _) where stillFrames != nil && follows:
            "\(name): its first \(stillFrames!) frames show no face: the avatar stands still there, and follows whatever comes then"
        case (false?, _):
            "\(name): no face is seen in it: the avatar "
                + (follows ? "follows whatever it shows, from the first frame on" : "stands still")
        case (true?, let frame?) where frame > 0: "\(name): calibrated on frame \(frame)"
        default: nil
        }
    }
}

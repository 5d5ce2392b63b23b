import Display
import FOMMCore
import Frames
import Motion

/// The second half of a frame's journey: the avatar's picture with its keypoints where a ``MotionFrame`` wants them. Belongs
/// to one queue.
package struct AvatarRenderer {
    private let generator: FrameGenerator
    private let pool: FramePool
    /// Per size of picture that is smaller than the frame.
    private let enlargers: [Enlarger]
    private let capacity: Int
    private var last: Shown?
    private var current: Current?
    /// Published models paint as their authors have them paint, but for what goes back into a photograph.
    private let correctsColours: Bool

    /// The picture that was made last, and what decides whether it will do again.
    fileprivate struct Shown {
        let frame: Frame
        let avatar: Avatar
        let keypoints: Keypoints
        let effort: GeneratorEffort
    }

    /// The avatar that was shown last, and what its pictures get.
    private struct Current {
        let avatar: Avatar
        /// `nil` where nothing is to be corrected.
        let drift: ColourDrift?
        /// `nil` where nothing is around it.
        let paster: Paster?
    }

    private struct Enlarger {
        let scale: PictureScale
        let fit: SquareFit
        let pool: FramePool
    }

    /// - Parameter capacity: pictures that may be in use at once: shown, waiting and being written.
    package init(_ generator: FrameGenerator, capacity: Int) {
        let model = generator.model
        self.generator = generator
        correctsColours = FaceKeypoints(names: model.configuration.keypointNames) != nil
        self.capacity = capacity + 1
        pool = FramePool(size: FrameSize(square: model.frameSize), capacity: capacity + 1)
        enlargers = model.scales.filter { $0 != .full }.map { scale in
            let size = FrameSize(square: scale.size(of: model.frameSize))
            return Enlarger(
                scale: scale, fit: SquareFit(from: size, side: model.frameSize),
                pool: FramePool(size: size, capacity: 1))
        }
    }

    package mutating func render(_ motion: MotionFrame, _ step: QualityStep = .exact) -> RenderedFrame {
        var times = motion.times
        times.generateStarted = .now
        if let face = motion.realFace {
            (times.motionEstimated, times.generated) = (times.generateStarted, times.generateStarted)
            return RenderedFrame(
                picture: Picture(face, .realFace), times: times, work: PictureWork(step: step, computed: 0))
        }
        let effort = effort(step, motion.avatar)
        var computed = 0.0
        let shown: Shown
        if let last, last.willDo(for: motion, step, effort) {
            times.motionEstimated = times.generateStarted
            shown = last
        } else {
            let current = prepared(for: motion.avatar)
            let dense = generator.denseMotion(
                motion.avatar.context, showing: motion.keypoints, share: motion.avatar.surroundings?.motion)
            times.motionEstimated = .now
            let frame = makeFrame(motion, current, dense, effort, &computed)
            shown = Shown(frame: frame, avatar: motion.avatar, keypoints: motion.keypoints, effort: effort)
            last = shown
        }
        times.generated = .now
        let frame = shown.frame.stamped(sequence: motion.sequence, captured: times.captured)
        return RenderedFrame(
            picture: Picture(frame, motion.content, isRepeat: computed == 0), times: times,
            work: PictureWork(step: step, computed: computed))
    }

    /// What the step asks for, or the full size where the avatar is encoded for no other.
    private func effort(_ step: QualityStep, _ avatar: Avatar) -> GeneratorEffort {
        var effort = step.effort
        if !avatar.context.has(effort.scale) { effort.scale = .full }
        return effort
    }

    /// - Parameter computed: receives which part of it was.
    private func makeFrame(
        _ motion: MotionFrame, _ current: Current, _ dense: DenseMotion, _ effort: GeneratorEffort,
        _ computed: inout Double
    ) -> Frame {
        let square = makeSquare(motion, current.drift, dense, effort, &computed)
        return current.paster?(square) ?? square
    }

    private func makeSquare(
        _ motion: MotionFrame, _ drift: ColourDrift?, _ dense: DenseMotion, _ effort: GeneratorEffort,
        _ computed: inout Double
    ) -> Frame {
        func make(from pool: FramePool, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> Frame {
            pool.makeFrame(sequence: motion.sequence, captured: motion.times.captured, fill: fill)
        }
        func generate(into pixels: UnsafeMutableRawBufferPointer) {
            computed = generator.generate(motion.avatar.context, dense, effort: effort, into: pixels)
        }
        guard let enlarger = enlargers.first(where: { $0.scale == effort.scale }) else {
            return make(from: pool) {
                generate(into: $0)
                drift?.undo(in: $0, after: dense)
            }
        }
        let small = make(from: enlarger.pool) { generate(into: $0) }
        return make(from: pool) {
            enlarger.fit(small.pixels, into: $0)
            drift?.undo(in: $0, after: dense)
        }
    }

    /// Once for every avatar.
    private mutating func prepared(for avatar: Avatar) -> Current {
        if let current, current.avatar === avatar { return current }
        let paster = avatar.surroundings.map { Paster($0, side: avatar.picture.size.width, capacity: capacity) }
        let current = Current(
            avatar: avatar, drift: correctsColours || paster != nil ? drift(of: avatar) : nil, paster: paster)
        self.current = current
        return current
    }

    /// Paints the avatar as it is.
    private func drift(of avatar: Avatar) -> ColourDrift {
        let dense = generator.denseMotion(avatar.context, showing: avatar.context.keypoints)
        let painted = PixelBuffer(size: avatar.picture.size) {
            generator.generate(avatar.context, dense, into: $0)
        }
        return ColourDrift(of: avatar.picture.pixels, paintedAs: painted, cells: dense.size)
    }
}

extension AvatarRenderer.Shown {
    /// Compared with the keypoints that the picture was made for, not with those of the frame before: a slow move is not
    /// lost.
    fileprivate func willDo(for motion: MotionFrame, _ step: QualityStep, _ effort: GeneratorEffort) -> Bool {
        guard avatar === motion.avatar, effort == self.effort else { return false }
        if keypoints == motion.keypoints { return true }
        guard step.tolerance > 0 else { return false }
        return keypoints.largestMove(to: motion.keypoints) * Float(frame.size.width) / 2 < step.tolerance
    }
}

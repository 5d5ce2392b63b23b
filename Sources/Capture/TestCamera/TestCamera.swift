import Frames

/// A camera that needs no hardware: a face that turns, nods, tilts, shifts, blinks, looks around, raises its brows and speaks after a fixed script.
///
/// Every frame depends on its index and the constructor's arguments alone, byte for byte, and frame 0 of the built-in
/// script is neutral, fit to calibrate on. ``pose(atFrame:)`` tells the truth that a tracker should find. It does not
/// wait: whoever wants real time paces it. One queue owns it. After the constructor nothing is allocated while frames are returned in time to the
/// pool.
public final class TestCamera: FrameSource {
    public let name = "the test camera"
    public let size: FrameSize
    public let frameRate: FrameRate
    public let frameCount: Int?

    private let script: (_ seconds: Double) -> Pose
    private let noise: SensorNoise?
    private let geometry: FaceGeometry
    private let canvas: PortraitCanvas
    private let backdrop: Backdrop
    private let pool: FramePool
    private var expression: ExpressionPainter
    private var sampler: WarpSampler
    private var nextFrame = 0

    /// - Parameters:
    ///   - portrait: the face, the picture that travels with the program; of one that is not square, the middle.
    ///   - frameCount: how many frames to return; `nil` never ends.
    ///   - script: the pose at a time in seconds after frame 0, a pure function. Angles and shifts beyond the built-in
    ///     script's show what is outside the canvas: its edge, carried on.
    ///   - noise: what the sensor adds; `nil` is a sensor without any.
    public init(
        portrait: Frame, size: FrameSize, frameRate: FrameRate, frameCount: Int? = nil,
        script: @escaping (_ seconds: Double) -> Pose = TestCamera.pose(atTime:), noise: SensorNoise? = nil
    ) {
        self.script = script
        self.noise = noise
        self.size = size
        self.frameRate = frameRate
        self.frameCount = frameCount
        geometry = FaceGeometry.portrait.mirrored
        canvas = PortraitCanvas(portrait: portrait, frameSize: size, geometry: geometry)
        backdrop = Backdrop(size: size)
        pool = FramePool(size: size, capacity: 4)
        expression = ExpressionPainter(canvas, geometry: geometry)
        sampler = WarpSampler(size: size)
    }

    /// The face's true pose in frame `index`.
    public func pose(atFrame index: Int) -> Pose {
        script(Double(frameRate.time(ofFrame: index)) / 1e9)
    }

    /// The next frame of the script, stamped with the time it was made; `nil` after ``frameCount`` frames.
    public func next() -> Frame? {
        if let frameCount, nextFrame >= frameCount { return nil }
        defer { nextFrame += 1 }
        return render(pose(atFrame: nextFrame), sequence: nextFrame)
    }

    private func render(_ pose: Pose, sequence: Int) -> Frame {
        pool.makeFrame(sequence: sequence, captured: .now) { output in
            if pose.isPresent {
                draw(pose, into: output)
            } else {
                backdrop.draw(into: output)
            }
            noise?.add(to: output, size: size, frame: sequence)
        }
    }

    private func draw(_ pose: Pose, into output: UnsafeMutableRawBufferPointer) {
        expression.paint(pose)
        let warp = HeadWarp(geometry: geometry, pose: pose)
        let shift = SIMD2(Float(pose.x) * Float(size.width), Float(pose.y) * Float(size.height))
        expression.pixels.withUnsafeBufferPointer { pixels in
            backdrop.pixels.withUnsafeBufferPointer { backdrop in
                sampler.render(
                    pixels, width: canvas.width, height: canvas.height, before: backdrop, into: output
                ) { [canvas] pixel in
                    let onCanvas = pixel + canvas.origin - shift
                    // A pixel's colour is that of its middle.
                    let place = (onCanvas + 0.5 - canvas.portraitOrigin) / canvas.side
                    return onCanvas + canvas.side * (warp.source(of: place) - place)
                }
            }
        }
    }
}

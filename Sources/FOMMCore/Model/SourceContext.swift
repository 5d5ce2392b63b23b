/// The avatar as the network sees it: keypoints, the image at the motion resolution, the generator's features. Made once
/// per avatar, not changed after that, read by any queue.
public struct SourceContext: Sendable {
    /// What the detector finds in the avatar's own picture.
    public let detection: Detection
    private let small: StoredTensor
    /// The full size first.
    private var encoded: [EncodedAvatar]

    /// Memory a context is made in: larger than the context itself, and not needed afterwards.
    ///
    /// - Parameters:
    ///   - pixels: the avatar, interleaved 8-bit RGB, `frameSize * frameSize` pixels.
    ///   - detector: finds its keypoints; belongs to the calling queue.
    public init(rgb8 pixels: UnsafeRawBufferPointer, _ detector: FrameDetector) {
        let model = detector.model
        let (plan, workspace) = (model.plan(.full), Self.workspace(.full, detector))
        let frame = model.generator.encoderFrame(plan, in: workspace)
        workspace.load(rgb8: pixels, into: frame)
        self.init(frame: frame, detector.detection(rgb8: pixels), model, workspace)
    }

    public var keypoints: Keypoints { detection.keypoints }

    /// - Parameter frame: ``Generator/encoderFrame(_:in:)`` of `workspace`, filled, for the full size.
    init(frame: TensorView, _ detection: Detection, _ model: FOMMModel, _ workspace: Workspace) {
        self.detection = detection
        let size = model.dense.size
        small = StoredTensor(TensorShape(frame.shape.channels, height: size, width: size)) {
            model.dense.reduce(frame, into: $0, in: workspace)
        }
        encoded = [EncodedAvatar(model, .full, in: workspace)]
    }

    /// Encodes the avatar for pictures of another size, too.
    ///
    /// - Parameters:
    ///   - pixels: the avatar, interleaved 8-bit RGB, with as many rows and columns as such pictures have.
    ///   - scale: one that the model has.
    ///   - detector: only lends its threads; belongs to the calling queue.
    public mutating func encode(rgb8 pixels: UnsafeRawBufferPointer, _ scale: PictureScale, _ detector: FrameDetector) {
        guard !has(scale) else { return }
        let (model, workspace) = (detector.model, Self.workspace(scale, detector))
        workspace.load(rgb8: pixels, into: model.generator.encoderFrame(model.plan(scale), in: workspace))
        encoded.append(EncodedAvatar(model, scale, in: workspace))
    }

    /// Whether it is encoded for pictures of that size.
    public func has(_ scale: PictureScale) -> Bool { encoded.contains { $0.scale == scale } }

    var image: TensorView { small.view }

    /// - Parameter scale: one that it is encoded for.
    func encoded(_ scale: PictureScale) -> EncodedAvatar {
        guard let avatar = encoded.first(where: { $0.scale == scale }) else {
            preconditionFailure("an avatar that is not encoded for pictures of \(scale) size")
        }
        return avatar
    }

    private static func workspace(_ scale: PictureScale, _ detector: FrameDetector) -> Workspace {
        let model = detector.model
        return Workspace(
            model.plan(scale).encoderLayout, threads: detector.workspace.threads, instructionSet: model.instructionSet)
    }
}

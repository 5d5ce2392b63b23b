/// The avatar as the network sees it: keypoints, the image at the motion resolution, the generator's features. Made once
/// per avatar, immutable, read by any queue.
package struct SourceContext: Sendable {
    /// What the detector finds in the avatar's own picture.
    package let detection: Detection
    private let small: StoredTensor
    private let encoded: StoredTensor

    /// Memory a context is made in: larger than the context itself, and not needed afterwards.
    ///
    /// - Parameters:
    ///   - pixels: the avatar, interleaved 8-bit RGB, `frameSize * frameSize` pixels.
    ///   - detector: finds its keypoints; belongs to the calling queue.
    package init(rgb8 pixels: UnsafeRawBufferPointer, _ detector: FrameDetector) {
        let model = detector.model
        let workspace = Workspace(
            model.generator.encoderLayout, threads: detector.workspace.threads, instructionSet: model.instructionSet)
        let frame = model.generator.encoderFrame(in: workspace)
        workspace.load(rgb8: pixels, into: frame)
        self.init(frame: frame, detector.detection(rgb8: pixels), model, workspace)
    }

    package var keypoints: Keypoints { detection.keypoints }

    /// - Parameter frame: ``Generator/encoderFrame(in:)`` of `workspace`, filled.
    init(frame: TensorView, _ detection: Detection, _ model: FOMMModel, _ workspace: Workspace) {
        self.detection = detection
        let size = model.dense.size
        small = StoredTensor(TensorShape(frame.shape.channels, height: size, width: size)) { output in
            if let down = model.dense.down {
                down(frame, into: output, in: workspace)
            } else {
                output.copyPixels(of: frame)
            }
        }
        encoded = StoredTensor(model.generator.encodedShape) { model.generator.encode(into: $0, in: workspace) }
    }

    var image: TensorView { small.view }
    var features: TensorView { encoded.view }
}

/// A tensor that owns its memory and does not change after `init`.
struct StoredTensor: Sendable {
    private let shape: TensorShape
    private let storage: FloatStorage

    init(_ shape: TensorShape, fill: (TensorView) -> Void) {
        self.shape = shape
        storage = FloatStorage(count: shape.elementCount) {
            fill(TensorView(shape: shape, base: $0 + shape.origin))
        }
    }

    /// For reading. A view can be written, but layers write only where they are told to.
    var view: TensorView {
        TensorView(shape: shape, base: UnsafeMutablePointer(mutating: storage.pointer + shape.origin))
    }
}

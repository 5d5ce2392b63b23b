import FOMMCore
import Frames

/// A face in a picture, as ``FaceScan`` finds it.
package struct FoundFace: Sendable {
    /// In which it lies as the reference face does in its own picture; in pixels of the picture, inside it.
    package let square: FrameSquare
    /// What the detector finds in ``square``.
    package let detection: Detection
    /// That it is one: 0...1.
    package let confidence: Double
}

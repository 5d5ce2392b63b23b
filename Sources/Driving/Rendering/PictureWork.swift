/// How much was done for a picture.
package struct PictureWork: Sendable {
    package let step: QualityStep
    /// Which part of the picture, 0...1; 0 for one that was shown before.
    package let computed: Double
}

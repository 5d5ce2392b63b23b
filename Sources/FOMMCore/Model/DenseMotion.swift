/// What one run of the ``DenseMotionNetwork`` leaves behind in the generator's memory, valid until the next.
package struct DenseMotion {
    let mask: UnsafeMutablePointer<Float>
    let deformation: UnsafeMutablePointer<Float>
    /// `nil` for models without an occlusion map.
    let occlusion: UnsafeMutablePointer<Float>?
}

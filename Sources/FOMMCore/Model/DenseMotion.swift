/// What one run of the dense motion network leaves behind in the generator's memory, valid until the next.
public struct DenseMotion {
    let mask: UnsafeMutablePointer<Float>
    let deformation: UnsafeMutablePointer<Float>
    /// `nil` for models without an occlusion map.
    let occlusion: UnsafeMutablePointer<Float>?
    /// Rows and columns.
    public let size: Int

    /// Where in the source a place of the picture comes from, x and y in -1...1.
    ///
    /// - Parameter index: row by row.
    public func source(of index: Int) -> SIMD2<Float> {
        SIMD2(deformation[2 * index], deformation[2 * index + 1])
    }
}

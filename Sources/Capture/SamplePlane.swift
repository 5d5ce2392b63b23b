/// Where the samples of one component lie: alone in rows, or woven into others'.
struct SamplePlane {
    let start: UnsafePointer<UInt8>
    /// Bytes from one row to the next.
    let stride: Int
    /// Bytes from one sample to the next.
    let step: Int

    func row(_ y: Int) -> UnsafePointer<UInt8> { start + stride * y }

    /// The steps there are, each as a constant: only then do the loops over a row become vector instructions.
    @inline(__always)
    func withConstantStep(_ body: (Int) -> Void) {
        switch step {
        case 1: body(1)
        case 2: body(2)
        case 4: body(4)
        default: body(step)
        }
    }
}

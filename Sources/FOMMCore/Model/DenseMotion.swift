/// The outcome of ``FrameGenerator/denseMotion(_:showing:)``, in the generator's memory.
package struct DenseMotion {
    let output: DenseMotionNetwork.Output
}

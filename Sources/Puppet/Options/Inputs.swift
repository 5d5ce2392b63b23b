import FOMMCore
import Logging
import PuppetKit

/// What every run needs before it starts: who drives, who is moved, and by which network.
struct Inputs {
    let driving: DrivingSource
    let avatars: AvatarList
    let model: FOMMModel

    /// - Parameter buffers: that a camera's driver is asked for.
    init(
        _ cast: CastOptions, _ engine: EngineOptions, buffers: Int = LatencyMode.balanced.cameraBuffers,
        _ logger: Logger
    ) throws {
        driving = cast.drivingSource(side: engine.size, buffers: buffers, logger)
        avatars = try AvatarList(cast.avatar)
        model = try engine.loadModel()
        logger.debug(
            "kernels: \(model.instructionSet), threads: \(engine.compute.threads), frame: \(model.frameSize)")
    }
}

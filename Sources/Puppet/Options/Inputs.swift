import Driving
import FOMMCore
import Live
import Logging

/// What every run needs before it starts: who drives, who is moved, and by which network.
struct Inputs {
    let driving: DrivingSource
    let avatars: AvatarList
    let model: FOMMModel

    /// - Parameters:
    ///   - precision: where the user asks for none.
    ///   - buffers: that a camera's driver is asked for.
    init(
        _ cast: CastOptions, _ engine: EngineOptions, precision: PrecisionChoice,
        buffers: Int = LatencyMode.balanced.cameraBuffers,
        _ logger: Logger
    ) throws {
        avatars = try AvatarList(cast.avatar ?? Environment.avatars.avatar(), cast.framing, Environment.imageTools)
        model = try engine.loadModel(precision: precision)
        driving = cast.drivingSource(side: model.frameSize, buffers: buffers, logger)
        logger.debug(
            "kernels: \(model.instructionSet), \(model.precision), threads: \(engine.compute.threads), frame: \(model.frameSize)"
        )
        if model.precision == .int8, !model.hasRanges {
            logger.notice(
                "the model has no int8 scales: they are found for every picture; 'puppet model quantize' stores them")
        }
    }
}

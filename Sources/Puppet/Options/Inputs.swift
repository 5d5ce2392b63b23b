import FOMMCore
import Logging
import PuppetKit

/// What every run needs before it starts: who drives, who is moved, and by which network.
struct Inputs {
    let driving: DrivingSource
    let avatars: AvatarList
    let model: FOMMModel

    init(_ motion: MotionOptions, _ engine: EngineOptions, _ logger: Logger) throws {
        driving = motion.drivingSource(side: engine.size, logger)
        avatars = try AvatarList(motion.avatar)
        model = try engine.loadModel()
        logger.debug(
            "kernels: \(model.instructionSet), threads: \(engine.compute.threads), frame: \(model.frameSize)")
    }
}

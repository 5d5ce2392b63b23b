import ArgumentParser
import Display
import Frames
import Live

/// How the avatar looks to those in the call.
struct VirtualCameraOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Picture size of virtual cameras. (default: 640x480)", valueName: "width>x<height"),
        transform: parseSize)
    var vcamSize: FrameSize?

    @Option(help: ArgumentHelp("What fills a virtual camera's picture beside the avatar: blur, black or #RRGGBB."))
    var fill = "blur"

    @Option(
        help: """
            What a run does while no app looks at its cameras: sleep (its own camera is closed, nothing is computed) or run. \
            (default: sleep, where all outputs are virtual cameras and --frames is not given)
            """)
    var idle: IdleChoice?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Offer a microphone as well, "puppet microphone" (PipeWire), whose sound is as late as the pictures: lips and words \
            stay in step. Choose it in the call app.
            """)
    var delayAudio = false

    @Option(
        help: ArgumentHelp(
            "With --delay-audio: the microphone that is delayed, as PipeWire names or numbers it (wpctl status). (default: the system's)",
            valueName: "node"))
    var microphone: String?

    /// What is delayed; `nil` for nothing.
    var delayedMicrophone: MicrophoneChoice? {
        delayAudio ? microphone.map { .named($0) } ?? .systemChoice : nil
    }

    enum IdleChoice: String, CaseIterable, ExpressibleByArgument {
        case sleep, run
    }

    /// - Throws: where there is nothing for the sound to be in step with.
    func check(_ outputs: [String]) throws {
        guard !delayAudio || outputs.contains(where: VirtualCameras.isOne) else {
            throw ValidationError(
                "--delay-audio: the sound is to be as late as a virtual camera; --output pipewire makes one.")
        }
    }

    /// - Parameter ends: whether the run is to end by itself, which it does not while it sleeps.
    /// - Throws: where the run cannot know when to sleep.
    func sleeps(_ outputs: [String], ends: Bool) throws -> Bool {
        let areCameras = outputs.allSatisfy(VirtualCameras.isOne)
        if idle == .sleep, !areCameras {
            throw ValidationError(
                "--idle sleep: all outputs have to be virtual cameras, at which nobody may be looking.")
        }
        return idle.map { $0 == .sleep } ?? (areCameras && !ends)
    }

    func validate() throws {
        guard delayAudio || microphone == nil else {
            throw ValidationError("--microphone: which one is delayed; it goes with --delay-audio.")
        }
        guard VirtualCameraFill(fill) != nil else {
            throw ValidationError("--fill \(fill): expected blur, black or a colour such as #203040.")
        }
        if let vcamSize, !vcamSize.width.isMultiple(of: 2) || !vcamSize.height.isMultiple(of: 2) {
            throw ValidationError("--vcam-size \(vcamSize): call apps need an even width and height.")
        }
    }

    /// - Parameters:
    ///   - repeatRate: repeats a second while no new picture comes, 15...60.
    ///   - isMirrored: whether others see the avatar as in a mirror.
    func settings(repeatRate: Int, isMirrored: Bool) -> VirtualCamera.Settings {
        var settings = VirtualCamera.Settings()
        settings.repeatRate = repeatRate
        settings.size = vcamSize ?? settings.size
        settings.fill = VirtualCameraFill(fill) ?? settings.fill
        settings.isMirrored = isMirrored
        settings.reopens = true
        return settings
    }
}

import ArgumentParser
import FOMMCore
import Motion
import System

/// What of the driver's face the avatar takes over, for models that name their keypoints.
struct FaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How much of what the mouth does the avatar takes over, 0 to 2.", valueName: "0...2"))
    var mouthGain = 1.0

    @Option(help: ArgumentHelp("The same for lids and gaze.", valueName: "0...2"))
    var eyesGain = 1.0

    @Option(help: ArgumentHelp("The same for the brows.", valueName: "0...2"))
    var browsGain = 1.0

    @Option(
        help: ArgumentHelp(
            "What the opening of the mouth is counted from: absolute (shut) or relative (that of the calibration frame)."
        ))
    var lips = FaceSettings().lips

    @Option(help: "The same for the eyes.")
    var eyes = FaceSettings().lids

    @Option(
        help: ArgumentHelp(
            "Parts that move at all: head, eyes, brows, mouth. (default: all of them)", valueName: "parts"),
        transform: parsing("some of head, eyes, brows and mouth, with commas between them") { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
                .map { FacePart(rawValue: String($0)) }
            return parts.contains(nil) ? nil : Set(parts.compactMap(\.self))
        })
    var move = Set(FacePart.allCases)

    func validate() throws {
        try checkGains([("mouth", mouthGain), ("eyes", eyesGain), ("brows", browsGain)])
    }

    /// Every option here, for people.
    static let names = "--mouth-gain, --eyes-gain, --brows-gain, --lips, --eyes and --move"

    /// Whether nothing was asked for.
    var isStandard: Bool { settings == Self.standard }

    /// - Throws: ``PuppetError`` where something was asked for that needs names and the model has none.
    func settings(for model: FOMMModel) throws -> FaceSettings {
        let isNamed = FaceKeypoints(names: model.configuration.keypointNames) != nil
        guard isNamed || isStandard else {
            throw PuppetError(
                .unnamedKeypoints, "the model",
                "does not say which of its keypoints are mouth, eyes and brows",
                hint: "leave out \(Self.names), or use another model")
        }
        return settings
    }

    private static let standard: FaceSettings = {
        var settings = FaceSettings()
        settings.gains = [.mouth: 1, .eyes: 1, .brows: 1]
        return settings
    }()

    private var settings: FaceSettings {
        var settings = FaceSettings()
        settings.gains = [.mouth: mouthGain, .eyes: eyesGain, .brows: browsGain]
        (settings.lips, settings.lids, settings.moves) = (lips, eyes, move)
        return settings
    }
}

extension FaceSettings.OpeningMode: ExpressibleByArgument {}

/// Why a run cannot start or go on, where no single picture, video or model file is to blame.
package typealias PuppetError = Failure<PuppetErrorCode>

package enum PuppetErrorCode: Sendable {
    case noAvatar, noModel, noCalibration, badCrop, noControl, wrongFrameSize, noSuchFrame, cannotRewind,
        nothingToDrive,
        interrupted, unwell, badConfig, badName, badCommand, cannotFetch, unnamedKeypoints, alreadyThere
}

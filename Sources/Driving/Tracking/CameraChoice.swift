import Capture
import Frames

/// A camera that could drive.
package struct CameraChoice: Sendable, Equatable {
    package let path: String
    /// What it calls itself.
    package let name: String
    /// Whether another program has it.
    package let isBusy: Bool
    /// Not for looking at people in colour: a laptop's second camera sees in infrared.
    package let isGrey: Bool

    package init(path: String, name: String, isBusy: Bool, isGrey: Bool = false) {
        (self.path, self.name, self.isBusy, self.isGrey) = (path, name, isBusy, isGrey)
    }

    /// Those there are, virtual ones left out.
    package static var all: [CameraChoice] {
        CameraList().all().filter { $0.kind == .camera }.map {
            CameraChoice(path: $0.path, name: $0.card, isBusy: $0.isBusy, isGrey: $0.isGrey)
        }
    }

    /// The one that drives where none was named: the first in colour that nobody uses, or the next best.
    ///
    /// - Returns: `nil` where there is none.
    package static func usual(among cameras: [CameraChoice]) -> CameraChoice? {
        let inColor = cameras.filter { !$0.isGrey }
        let candidates = inColor.isEmpty ? cameras : inColor
        return candidates.first { !$0.isBusy } ?? candidates.first
    }

    /// A picture of it; `nil` where there is none to be had. Takes up to two seconds.
    package var picture: Frame? { CameraPreview.picture(of: path) }
}

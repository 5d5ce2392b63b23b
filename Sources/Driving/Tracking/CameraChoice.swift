import Capture
import Frames

/// A camera that could drive.
package struct CameraChoice: Sendable, Equatable {
    package let path: String
    /// What it calls itself.
    package let name: String
    /// Whether another program has it.
    package let isBusy: Bool

    package init(path: String, name: String, isBusy: Bool) {
        (self.path, self.name, self.isBusy) = (path, name, isBusy)
    }

    /// Those there are, virtual ones left out.
    package static var all: [CameraChoice] {
        CameraList().all().filter { $0.kind == .camera }.map {
            CameraChoice(path: $0.path, name: $0.card, isBusy: $0.isBusy)
        }
    }

    /// A picture of it; `nil` where there is none to be had. Takes up to two seconds.
    package var picture: Frame? { CameraPreview.picture(of: path) }
}

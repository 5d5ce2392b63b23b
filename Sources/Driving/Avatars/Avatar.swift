import FOMMCore
import Frames
import System

/// A portrait and what the network made of it. Immutable; a frame in flight keeps the avatar it was made for alive.
package final class Avatar: Sendable {
    package let name: String
    /// The square the network sees.
    package let picture: Frame
    /// What of its picture that is.
    package let view: AvatarView
    /// What is shown around it; `nil` for nothing.
    package let surroundings: Surroundings?
    package let context: SourceContext

    /// - Parameters:
    ///   - detector: of the calling queue; finds the keypoints.
    ///   - view: what to cut out; `nil` is the middle.
    ///   - surroundings: about the same square.
    ///   - scales: sizes of picture that it is encoded for besides the full one.
    package init(
        _ pixels: PixelBuffer, name: String, _ detector: FrameDetector, view: AvatarView? = nil,
        around surroundings: Surroundings? = nil, scales: [PictureScale] = []
    ) {
        let view = view ?? AvatarView(.centred(in: pixels.size), of: pixels.size, .asked)
        let side = detector.model.frameSize
        func fitted(_ side: Int) -> PixelBuffer {
            let fit = SquareFit(from: pixels.size, side: side, square: view.square)
            return PixelBuffer(size: FrameSize(square: side)) { fit(pixels, into: $0) }
        }
        picture = Frame(pixels: fitted(side), sequence: 0, captured: .now)
        var context = picture.pixels.withBytes { SourceContext(rgb8: $0, detector) }
        for scale in scales where scale != .full {
            fitted(scale.size(of: side)).withBytes { context.encode(rgb8: $0, scale, detector) }
        }
        self.context = context
        self.surroundings = surroundings
        self.view = view
        self.name = name
    }

    /// Of the pictures that show it.
    package var shownSize: FrameSize { surroundings?.photograph.size ?? picture.size }

    /// Its name without folders and extension.
    package var shortName: String { Self.shortName(of: name) }

    static func shortName(of name: String) -> String {
        let file = name.split(separator: "/").last ?? Substring(name)
        return String(fileExtension(of: name).map { file.dropLast($0.count + 1) } ?? file)
    }

    /// Tells pictures apart, in 16 hexadecimal digits, wherever their files are.
    package var fingerprint: String {
        picture.pixels.withBytes { MappedFile(name: name, borrowing: $0).fingerprint }
    }
}

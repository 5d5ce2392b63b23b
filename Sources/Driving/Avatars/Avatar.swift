import Assets
import Capture
import FOMMCore
import Frames
import System

/// A portrait and what the network made of it. Immutable; a frame in flight keeps the avatar it was made for alive.
package final class Avatar: Sendable {
    package let name: String
    /// The square the network sees.
    package let picture: Frame
    package let context: SourceContext

    /// - Parameters:
    ///   - detector: of the calling queue; finds the keypoints.
    ///   - scales: sizes of picture that it is encoded for besides the full one.
    package init(_ pixels: PixelBuffer, name: String, _ detector: FrameDetector, scales: [PictureScale] = []) {
        let side = detector.model.frameSize
        func fitted(_ side: Int) -> PixelBuffer {
            let fit = SquareFit(from: pixels.size, side: side)
            return PixelBuffer(size: FrameSize(square: side)) { fit(pixels, into: $0) }
        }
        picture = Frame(pixels: fitted(side), sequence: 0, captured: .now)
        var context = picture.pixels.withBytes { SourceContext(rgb8: $0, detector) }
        for scale in scales where scale != .full {
            fitted(scale.size(of: side)).withBytes { context.encode(rgb8: $0, scale, detector) }
        }
        self.context = context
        self.name = name
    }

    /// Tells pictures apart, in 16 hexadecimal digits, wherever their files are.
    package var fingerprint: String {
        picture.pixels.withBytes { MappedFile(name: name, borrowing: $0).fingerprint }
    }
}

/// The avatars a run can show: one picture, every picture of a folder, or the bundled one. Pictures are read when they are
/// wanted.
package struct AvatarList: Sendable {
    private enum Entry: Sendable {
        case bundled
        case file(String)
    }

    private let path: String?
    private let entries: [Entry]

    /// - Parameter path: a PNG or JPEG, or a folder of them; `nil` is the bundled portrait.
    /// - Throws: ``PuppetError`` `.noAvatar` for an empty folder; what is wrong with a picture shows in ``load(_:_:)``.
    package init(_ path: String?) throws {
        self.path = path
        guard let path else {
            entries = [.bundled]
            return
        }
        guard (try? FileKind(path: path)) == .folder else {
            entries = [.file(path)]
            return
        }
        entries = try ImageFolder.picturePaths(in: path).map { .file($0) }
        guard !entries.isEmpty else {
            throw PuppetError(
                .noAvatar, path, "the folder has no PNG or JPEG in it", hint: "put portraits there, or name one")
        }
    }

    package var count: Int { entries.count }

    /// The same folder as it is now. - Throws: as `init`.
    package func readAgain() throws -> AvatarList { try AvatarList(path) }

    /// - Parameters:
    ///   - index: 0 ..< ``count``.
    ///   - scales: sizes of picture that it is encoded for besides the full one.
    /// - Throws: ``FrameError`` where the picture cannot be read.
    package func load(
        _ index: Int, _ detector: FrameDetector, scales: [PictureScale] = []
    ) throws(FrameError) -> Avatar {
        switch entries[index] {
        case .bundled: Avatar(try EmbeddedAssets.portrait(), name: "bundled portrait", detector, scales: scales)
        case .file(let path): Avatar(try ImageFile.read(path), name: path, detector, scales: scales)
        }
    }
}

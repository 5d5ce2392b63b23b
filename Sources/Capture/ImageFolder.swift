import Frames
import System
import SystemPackage

/// The PNG and JPEG pictures of a folder, in the order of their numbers, or one picture, as video. One queue owns a value.
///
/// Files are picked by extension; hidden ones, folders and all others are passed over. Every picture must have the first
/// one's size.
public final class ImageFolder: FrameSource {
    public let name: String
    public let size: FrameSize
    /// Nominal: a folder does not say.
    public let frameRate = FrameRate(25)
    public var frameCount: Int? { paths.count }

    private static let extensions: Set<String> = ["png", "jpg", "jpeg", "jpe", "jfif"]
    /// Of single pictures that other libraries and programs read.
    private static let others: Set<String> = ["webp", "avif", "heic", "heif", "gif", "bmp", "tif", "tiff"]
    private let paths: [String]
    private let tools: ImageTools
    private var first: PixelBuffer?
    private var framesRead = 0

    /// Lists the folder and reads its first picture, which sets the size.
    ///
    /// - Parameter tools: to read those with whose names promise something else than they are.
    /// - Throws: ``CaptureError`` for a folder that cannot be read or has no pictures, `FrameError` for the picture.
    public convenience init(path: String, _ tools: ImageTools = .none) throws {
        let paths = try Self.picturePaths(in: path)
        guard !paths.isEmpty else {
            throw CaptureError(
                .empty, path, "the folder has no PNG or JPEG pictures", hint: "give a folder of numbered pictures"
            )
        }
        try self.init(name: path, paths, tools)
    }

    /// One picture, whatever its name looks like to others.
    ///
    /// - Throws: `FrameError`.
    public convenience init(picture: String, _ tools: ImageTools = .none) throws {
        try self.init(name: picture, [picture], tools)
    }

    private init(name: String, _ paths: [String], _ tools: ImageTools) throws {
        (self.name, self.paths, self.tools) = (name, paths, tools)
        let picture = try ImageFile.read(paths[0], tools)
        size = picture.size
        first = picture
    }

    /// Whether a file of this name is taken for a picture.
    static func isPicture(_ name: String) -> Bool { fileExtension(of: name).map(extensions.contains) == true }

    /// - Throws: `FrameError` for a picture that cannot be read, ``CaptureError`` `.sizeChanged`.
    public func next() throws -> Frame? {
        guard framesRead < paths.count else { return nil }
        let path = paths[framesRead]
        let picture = try first.take() ?? ImageFile.read(path, tools)
        guard picture.size == size else {
            throw CaptureError(
                .sizeChanged, path, "the picture is \(picture.size), the folder's first one is \(size)",
                hint: "give pictures of one size")
        }
        defer { framesRead += 1 }
        return Frame(pixels: picture, sequence: framesRead, captured: .now)
    }

    /// The PNG and JPEG pictures of a folder in the order of their numbers; hidden and other files, and folders, are left
    /// out. What cannot be looked at is not: who reads it says why.
    ///
    /// - Parameter ofAnyKind: whether pictures of other kinds count as well.
    /// - Throws: ``CaptureError`` `.cannotOpen`.
    public static func picturePaths(
        in folder: String, ofAnyKind: Bool = false
    ) throws(CaptureError) -> [String] {
        let names = try CaptureError.explaining(
            try readFolder(folder), .cannotOpen, folder, "cannot open the folder",
            hint: "check the path and its permissions")
        let isOther = { (name: String) in ofAnyKind && fileExtension(of: name).map(others.contains) == true }
        return names.filter { isPicture($0) || isOther($0) }.sorted(by: precedesNaturally).map { "\(folder)/\($0)" }
            .filter { (try? FileKind(path: $0)) != .folder }
    }
}

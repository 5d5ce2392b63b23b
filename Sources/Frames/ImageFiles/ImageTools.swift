/// Programs that read the pictures which we do not read ourselves.
public struct ImageTools: Sendable {
    /// Where to look for ffmpeg, the value of `PATH`; empty is nowhere.
    let searchPath: String

    public init(searchPath: String) { self.searchPath = searchPath }

    /// None: PNG and JPEG, and HEIC and AVIF where libheif is installed.
    public static let none = ImageTools(searchPath: "")
}

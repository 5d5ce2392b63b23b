import CPNG
import CTurboJPEG

/// The libraries that picture files and Motion JPEG are read with.
public enum ImageLibraries {
    /// Names and versions, for people; libjpeg-turbo's is that of the headers the program was built with.
    public static var versions: [String] {
        let png = png_access_version_number()
        return [
            "libpng \(png / 10_000).\(png / 100 % 100).\(png % 100)",
            "libjpeg-turbo \(String(cString: puppet_turbojpeg_version()))",
        ]
    }
}

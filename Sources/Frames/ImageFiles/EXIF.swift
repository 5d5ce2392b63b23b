/// The one thing we want from EXIF: which way up the picture is.
enum EXIF {
    /// - Parameter tiff: an EXIF block from its TIFF header on, that is without the `Exif\0\0` that JPEG puts before it.
    /// - Returns: `nil` if it says nothing, or nothing sensible: a viewer too shows such a picture as it is.
    static func orientation(_ tiff: UnsafeRawBufferPointer) -> Orientation? {
        TIFFDirectory(tiff)?[.orientation].flatMap(Orientation.init)
    }
}

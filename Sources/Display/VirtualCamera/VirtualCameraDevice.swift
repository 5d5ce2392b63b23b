/// Where the pictures of a virtual camera go: what other programs open as a camera. One queue owns a value; the device is
/// closed when it ends.
protocol VirtualCameraDevice: AnyObject {
    /// What every picture must look like.
    var layout: VirtualCameraLayout { get }

    /// Whether the last picture is kept for whoever looks next, so that it is written also while nobody does.
    var keepsPictures: Bool { get }

    /// How often to ask ``isWatched()`` while nobody looks, in nanoseconds.
    var lookPeriod: UInt64 { get }

    /// Whether a picture would be seen, as far as the system can tell.
    ///
    /// - Throws: ``DisplayError`` `.cannotWrite`: the device is gone.
    func isWatched() throws(DisplayError) -> Bool

    /// Hands over one picture, whole or not at all. Never waits.
    ///
    /// - Parameters:
    ///   - picture: `layout.byteCount` bytes.
    ///   - sequence: counts the pictures of the camera, repeats too.
    /// - Throws: ``DisplayError`` `.cannotWrite`: the device is gone or has another format now.
    func write(_ picture: UnsafeRawBufferPointer, sequence: Int) throws(DisplayError) -> VirtualCameraWriting
}

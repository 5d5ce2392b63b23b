import CV4L2
import Glibc
import SystemPackage

/// What went otherwise than it should with single pictures, which never ends a run.
public struct CameraCounts: Hashable, Sendable {
    /// The driver said so itself.
    public var damaged = 0
    /// Fewer bytes than a picture has.
    public var tooShort = 0
    /// Motion JPEG that is not whole, or has another size.
    public var undecodable = 0
    /// Frames of the camera that no buffer was free for.
    public var missed = 0
    /// Pictures whose time the driver did not tell by our clock, or not in order.
    public var restamped = 0
}

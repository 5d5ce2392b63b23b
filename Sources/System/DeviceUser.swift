import Glibc

/// A process that has a device open.
public struct DeviceUser: Hashable, Sendable, Encodable, CustomStringConvertible {
    public let process: Int
    /// The program, as the kernel cuts it to 15 letters.
    public let name: String

    public var description: String { "\(name) (\(process))" }
}

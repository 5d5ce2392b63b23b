import Glibc

/// A process that has a device open.
package struct DeviceUser: Hashable, Sendable, Encodable, CustomStringConvertible {
    package let process: Int
    /// The program, as the kernel cuts it to 15 letters.
    package let name: String

    package var description: String { "\(name) (\(process))" }
}

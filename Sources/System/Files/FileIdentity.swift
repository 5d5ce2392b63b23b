import Glibc
import SystemPackage

/// Which file a path leads to, whatever it is called there: two paths to one file have one identity. Of a file that is not
/// there yet it is that of the folder it would be in, and its name.
package struct FileIdentity: Hashable, Sendable {
    private let device: dev_t
    private let number: ino_t
    private let name: String?

    /// - Returns: `nil` where neither the file nor its folder can be looked at.
    package init?(path: String) {
        var status = stat()
        if stat(path, &status) == 0 {
            name = nil
        } else {
            let path = FilePath(path)
            let folder = path.removingLastComponent()
            guard let last = path.lastComponent, stat(folder.isEmpty ? "." : folder.string, &status) == 0 else {
                return nil
            }
            name = last.string
        }
        (device, number) = (status.st_dev, status.st_ino)
    }
}

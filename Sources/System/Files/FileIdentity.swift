import Glibc
import SystemPackage

/// Which file a path leads to, whatever it is called there: two paths to one file have one identity. Of a file that is not
/// there yet it is that of the nearest folder on its way that is, and what follows that.
package struct FileIdentity: Hashable, Sendable {
    private let device: dev_t
    private let number: ino_t
    private let name: String?

    /// - Returns: `nil` where nothing on its way can be looked at.
    package init?(path: String) {
        var status = stat()
        if path.withFileName({ stat($0, &status) }) == 0 {
            name = nil
        } else {
            var folder = FilePath(finalTarget(path))
            var missing = FilePath()
            repeat {
                guard let last = folder.lastComponent else { return nil }
                missing = FilePath(root: nil, [last]).appending(missing.components)
                folder.removeLastComponent()
            } while (folder.isEmpty ? "." : folder.string).withFileName({ stat($0, &status) }) != 0
            name = missing.lexicallyNormalized().string
        }
        (device, number) = (status.st_dev, status.st_ino)
    }
}

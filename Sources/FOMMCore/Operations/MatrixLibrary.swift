import COpenBLAS

/// The library that the portable kernels multiply matrices with.
public enum MatrixLibrary {
    /// Its name and version, for people: the first two words of its configuration.
    public static var version: String {
        String(cString: openblas_get_config()).split(separator: " ").prefix(2).joined(separator: " ")
    }
}

import ArgumentParser
import Foundation
import Frames
import Logging

/// What the libraries are told of the process's environment.
enum Environment {
    static var searchPath: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }

    /// What pictures of foreign kinds are read with.
    static var imageTools: ImageTools { ImageTools(searchPath: searchPath) }
}

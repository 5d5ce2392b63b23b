import ArgumentParser
import Driving
import Foundation
import Frames
import Logging

/// What the libraries are told of the process's environment.
enum Environment {
    static var searchPath: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }

    /// The user's own portraits.
    static var avatars: AvatarFolder { AvatarFolder(environment: ProcessInfo.processInfo.environment) }

    /// What pictures of foreign kinds are read with.
    static var imageTools: ImageTools { ImageTools(searchPath: searchPath) }
}

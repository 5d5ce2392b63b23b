import ArgumentParser
import Foundation
import Logging

/// What the libraries are told of the process's environment.
enum Environment {
    static var searchPath: String { ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }
}

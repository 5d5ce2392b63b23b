import Foundation
import System

package func writeFile(_ bytes: some Sequence<UInt8>, to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

package func readFile(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

package func removeFile(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }

package func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// Every name in a folder, hidden ones too, sorted.
package func fileNames(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

package func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}

/// An executable shell script, to stand in for another program.
///
/// Another process writes it: a child that some other test starts meanwhile could inherit our descriptor for a moment,
/// and the kernel runs no file that is open for writing.
package func writeScript(_ body: String, to path: String) throws {
    let arguments = ["-c", #"printf '#!/bin/sh\n%s\n' "$1" >"$2" && chmod 755 "$2""#, "sh", body, path]
    let shell = try ChildProcess("/bin/sh", arguments: arguments, pipe: .standardInput, searchPath: testSearchPath)
    precondition(shell.wait(seconds: 60) == .exited(0), "cannot write the script \(path)")
}

/// The line a user would see, or `nil` if nothing was thrown.
package func failureLine(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return "\(error)"
    }
}

package let testSearchPath = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

/// Whether ffmpeg can be run; says so when it cannot, so that no test is skipped in silence.
package let hasFFmpeg: Bool = {
    let found = ChildProcess.find("ffmpeg", searchPath: testSearchPath) != nil
    if !found { print("skipping the tests that run ffmpeg: the program is not on PATH") }
    return found
}()

/// Whether libheif is installed; says so when it is not.
package let hasHEIF: Bool = {
    let library = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL)
    if library == nil { print("skipping the tests of HEIC and AVIF: libheif is not installed") }
    return library != nil
}()

/// What the executable does too: a reader that has gone is then an error to handle and not the end of the process.
package let sigpipeIsIgnored: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

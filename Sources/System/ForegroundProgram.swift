import Glibc
import SystemPackage

/// Another program that has the terminal while it runs: an editor, sudo.
///
/// It is of our process group, so that it may read the terminal, and has our files, environment and default signals.
package enum ForegroundProgram {
    /// Waits for its end. Meanwhile what is typed to interrupt is for the program alone.
    ///
    /// - Parameter words: the program, a path or a name that is looked for in `PATH`, and its arguments.
    /// - Returns: its exit code; 128 and the signal's number for one that a signal has ended.
    /// - Throws: why it could not be started.
    package static func run(_ words: [String]) throws(Errno) -> Int {
        var ignoring = sigaction()
        ignoring.__sigaction_handler.sa_handler = SIG_IGN
        var before = [sigaction(), sigaction()]
        let interruptions = [SIGINT, SIGQUIT]
        for (index, signal) in interruptions.enumerated() { sigaction(signal, &ignoring, &before[index]) }
        defer { for (index, signal) in interruptions.enumerated() { sigaction(signal, &before[index], nil) } }
        let process = try start(words)
        var status: CInt = 0
        _ = try? systemCall { waitpid(process, &status, 0) }
        let signal = Int(status & 0x7F)
        return signal == 0 ? Int(status >> 8) & 0xFF : 128 + signal
    }

    private static func start(_ words: [String]) throws(Errno) -> pid_t {
        let attributes = SpawnAttributes(ownGroup: false)
        let arguments = CStrings(words)
        var process: pid_t = 0
        let failure = withUnsafePointer(to: attributes.value) {
            posix_spawnp(&process, words[0], nil, $0, arguments.pointers, environ)
        }
        guard failure == 0 else { throw Errno(rawValue: failure) }
        return process
    }
}

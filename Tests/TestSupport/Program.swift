import System

/// A program that a test asks for something.
package struct Program {
    private let path: String

    /// - Returns: `nil` where it is not on `PATH`.
    package init?(_ name: String) {
        guard let path = ChildProcess.find(name, searchPath: testSearchPath) else { return nil }
        self.path = path
    }

    /// Runs it to its end.
    package func run(_ arguments: [String]) -> (ending: ChildProcess.Ending?, output: [UInt8]) {
        guard
            let child = try? ChildProcess(
                path, arguments: arguments, pipe: .standardOutput, searchPath: testSearchPath)
        else { return (nil, []) }
        let watchdog = child.end(after: 60)
        defer { watchdog.cancel() }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try? chunk.withUnsafeMutableBytes({
            try readAll(into: $0, from: child.descriptor, atLeast: 1)
        }),
            count > 0
        {
            output += chunk[..<count]
        }
        return (child.wait(), output)
    }
}

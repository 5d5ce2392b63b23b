import System

extension ProgressMeter {
    /// One for whoever looks at standard error.
    ///
    /// - Parameters:
    ///   - verb: what is being done, such as `importing`.
    ///   - isQuiet: whether nobody wants to know.
    convenience init(_ unit: Unit, _ verb: String, isQuiet: Bool) {
        self.init(unit, verb, isQuiet ? .silent : StandardError.isTerminal ? .bar : .lines) { text in
            switch text {
            case .rewritten(let line): StandardError.rewrite(line)
            case .line(let line): StandardError.write("puppet: \(line)")
            }
        }
    }
}

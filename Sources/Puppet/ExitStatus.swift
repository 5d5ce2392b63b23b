/// What the program's exit code says; the values are ArgumentParser's.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case failed = 1
    case misused = 64

    /// For people.
    var meaning: String {
        switch self {
        case .done: "done, or stopped before there was anything to lose"
        case .failed: "failed or was stopped while running, or doctor found a problem"
        case .misused: "wrong usage"
        }
    }
}

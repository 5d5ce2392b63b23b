/// Why a frame was not computed, or a picture not shown.
package enum DropCause: String, CaseIterable, Sendable, CodingKeyRepresentable {
    /// `--fps` asks for fewer.
    case rateCap = "fps_cap"
    /// `--cpu-budget` does.
    case processorBudget = "cpu_budget"
    /// A newer frame came before detection began.
    case detect
    /// A newer frame was detected before generation began.
    case generate
}

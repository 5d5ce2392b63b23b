/// Outputs that are called by a word and are no file, device or address, whatever lies in the folder under that name.
public enum OutputWord {
    /// Whether `output`, as it is typed, is such a word, perhaps with a name after it.
    public static func isOne(_ output: String) -> Bool {
        ["window", "null", "-"].contains(output) || PipeWireDevice.name(of: output) != nil
    }
}

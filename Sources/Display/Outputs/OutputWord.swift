/// Outputs that are called by a word and are no file, device or address, whatever lies in the folder under that name.
package enum OutputWord {
    package static func isOne(_ output: String) -> Bool {
        ["window", "null", "-"].contains(output) || PipeWireDevice.name(of: output) != nil
    }
}

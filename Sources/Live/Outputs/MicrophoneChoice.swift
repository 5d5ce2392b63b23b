/// Which microphone's sound is delayed.
package enum MicrophoneChoice: Sendable, Equatable {
    case systemChoice
    /// A node of PipeWire's, by name or serial number.
    case named(String)

    var node: String? {
        switch self {
        case .systemChoice: nil
        case .named(let name): name
        }
    }
}

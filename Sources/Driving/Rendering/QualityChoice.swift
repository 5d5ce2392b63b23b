/// What `--quality` asks for.
package enum QualityChoice: Sendable, Equatable {
    /// As much as the wanted rate of pictures and the processor budget leave room for.
    case auto
    /// 0...1, see ``QualityStep/nearest(to:)``.
    case fixed(Double)

    /// - Parameter word: `auto`, or a number from 0 to 1.
    package init?(word: String) {
        if word == "auto" {
            self = .auto
        } else if let quality = Double(word), (0...1).contains(quality) {
            self = .fixed(quality)
        } else {
            return nil
        }
    }
}

import ArgumentParser
import Capture
import Driving
import Frames

/// A frame rate as people write it, for an option's `transform`.
@Sendable func parseRate(_ text: String) throws -> FrameRate {
    guard let rate = FrameRate(argument: text) else {
        throw ValidationError("expected a number above 0 and up to 1000, such as 25, 29.97 or 30000/1001")
    }
    return rate
}

/// A picture size as people write it: 640x480.
@Sendable func parseSize(_ text: String) throws -> FrameSize {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1], (2...8192).contains(width),
        (2...8192).contains(height)
    else {
        throw ValidationError("expected a width and a height from 2 to 8192, such as 640x480")
    }
    return FrameSize(width: width, height: height)
}

/// How much work goes into pictures as people write it: auto, or a number from 0 to 1.
@Sendable func parseQuality(_ text: String) throws -> QualityChoice {
    guard let choice = QualityChoice(word: text) else {
        throw ValidationError("expected auto, or a number from 0 (least work) to 1 (everything is computed)")
    }
    return choice
}

extension FrameRate {
    /// A whole number, a decimal such as 29.97, or a fraction such as 30000/1001; above 0, at most 1000.
    fileprivate init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        if parts.count == 2, let numerator = parts[0], let denominator = parts[1], numerator > 0, denominator > 0,
            numerator <= 1_000_000, numerator / 1000 <= denominator
        {
            self.init(numerator, over: denominator)
        } else if let rate = Double(argument), rate >= 0.001, rate <= 1000 {
            let whole = Int(rate)
            if Double(whole) == rate { self.init(whole) } else { self.init(Int((rate * 1000).rounded()), over: 1000) }
        } else {
            return nil
        }
    }
}

import ArgumentParser
import Capture
import Driving
import Frames
import Motion

/// For an option's `transform`: what `parse` makes of the text, or a sentence that says what was expected.
func parsing<Value>(
    _ expected: String, _ parse: @escaping @Sendable (String) -> Value?
) -> @Sendable (String) throws -> Value {
    { text in
        guard let value = parse(text) else { throw ValidationError("expected \(expected)") }
        return value
    }
}

/// Refuses gains out of range.
///
/// - Parameter gains: the options' names without `-gain`, and their values.
func checkGains(_ gains: [(name: String, value: Double)]) throws {
    for (name, value) in gains where !MotionGains.range.contains(value) {
        throw ValidationError("--\(name)-gain \(value): expected 0 to 2.")
    }
}

/// A frame rate as people write it.
let parseRate = parsing(
    "a number above 0 and up to 1000, such as 25, 29.97 or 30000/1001", FrameRate.init(argument:))

/// A picture size as people write it: 640x480.
let parseSize = parsing("a width and a height from 2 to 8192, such as 640x480") { text -> FrameSize? in
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1], (2...8192).contains(width),
        (2...8192).contains(height)
    else { return nil }
    return FrameSize(width: width, height: height)
}

/// How much work goes into pictures as people write it: auto, or a number from 0 to 1.
let parseQuality = parsing("auto, or \(fixedQuality)", QualityChoice.init(word:))

/// The same where pictures take the time that they take.
let parseFixedQuality = parsing(fixedQuality, QualityChoice.init(word:))

private let fixedQuality = "a number from 0 (least work) to 1 (everything is computed)"

/// Which square of a picture, as people write it.
///
/// - Parameter picture: whose it is.
func parseCrop(_ picture: String) -> @Sendable (String) throws -> CropChoice {
    parsing("auto, center, or X,Y,SIZE in pixels of \(picture)", CropChoice.init(argument:))
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

extension CropChoice {
    fileprivate init?(argument: String) {
        switch argument {
        case "auto": self = .auto
        case "center": self = .center
        default:
            let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 3, let x = numbers[0], let y = numbers[1], let side = numbers[2],
                (0...8192).contains(x), (0...8192).contains(y), (16...8192).contains(side)
            else { return nil }
            self = .square(x: x, y: y, side: side)
        }
    }
}

extension Double {
    /// Rounded to so many decimal places, as reports and messages give figures: more would be noise.
    package func rounded(toPlaces places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in 10 * scale }
        return (self * scale).rounded() / scale
    }
}

/// A figure with one decimal place.
package func tenths(_ value: Double) -> String { "\(value.rounded(toPlaces: 1))" }

/// As people read it: "0.04".
package func hundredths(_ value: Double) -> String { "\(value.rounded(toPlaces: 2))" }

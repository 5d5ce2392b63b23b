import CFOMMKernels
import Dispatch

/// What is known of the input of a convolution on 8-bit integers.
struct Quantisation: Sendable {
    /// Which integers stand for values.
    struct Format: Sendable {
        /// How far they go on either side of `zero`.
        let levels: Int
        /// The integer of 0.0.
        let zero: Int
        /// How many channels of an output have their weights next to one another.
        let together: Int

        /// Where nothing is on integers.
        static let none = Format(levels: 0, zero: 0, together: 4)
    }

    /// The largest magnitude of every channel at every position of the input's transform, `[positions][channels]`, on
    /// pictures that were tried; `nil` where it is found anew for every picture.
    let ranges: [Float]?
}

import CSDL2

/// A colour to draw with; alpha 255 covers all.
struct Colour: Equatable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8
    let alpha: UInt8

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, alpha: UInt8 = 255) {
        (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
    }

    static let white = Colour(255, 255, 255)
    static let black = Colour(0, 0, 0)
    /// Below a text that lies on a picture.
    static let veil = Colour(0, 0, 0, alpha: 160)
    /// What a pane is filled with until it has a picture.
    static let ground = Colour(32, 34, 38)
    /// Something is wrong, or must not be overlooked.
    static let alarm = Colour(214, 20, 20)
    static let warning = Colour(255, 200, 60)
}

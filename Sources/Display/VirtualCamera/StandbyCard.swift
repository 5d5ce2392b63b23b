import CSDL2
import Frames
import System

/// What a loopback camera shows while there is no picture of the avatar.
public enum StandbyCard: String, CaseIterable, Sendable {
    case starting = "puppet: starting"
    case calibrate = "puppet: calibrate"
    case noCamera = "puppet: no camera"
    case noFace = "puppet: nobody in view"

    static let ground: (red: UInt8, green: UInt8, blue: UInt8) = (32, 34, 38)
    private static let ink: UInt8 = 220

    /// Draws every card once: light text in the middle of a dark square. Needs no window and no display.
    ///
    /// - Parameters:
    ///   - side: width and height of the cards, in pixels.
    ///   - fontBytes: a TrueType font; not needed afterwards.
    /// - Throws: ``DisplayError`` `.notSupported` if the bytes are no font.
    static func drawAll(
        side: Int, fontBytes: UnsafeRawBufferPointer
    ) throws(DisplayError) -> [StandbyCard: PixelBuffer] {
        do throws(Font.Failure) {
            let font = try Font(bytes: fontBytes, height: max(1, side / 14))
            var cards: [StandbyCard: PixelBuffer] = [:]
            for card in allCases { cards[card] = card.draw(side, font) }
            return cards
        } catch {
            throw DisplayError(
                .notSupported, "standby card", "its font could not be read (\(error.reason))",
                hint: "the program file is damaged")
        }
    }

    private func draw(_ side: Int, _ font: borrowing Font) -> PixelBuffer {
        let white = SDL_Color(r: 255, g: 255, b: 255, a: 255)
        let text = TTF_RenderUTF8_Blended(font.pointer, rawValue, white)
        defer { SDL_FreeSurface(text) }
        return PixelBuffer(size: FrameSize(square: side)) { bytes in
            for pixel in 0..<side * side {
                (bytes[3 * pixel], bytes[3 * pixel + 1], bytes[3 * pixel + 2]) = Self.ground
            }
            guard let surface = text?.pointee else { return }  // out of memory: a card without text will do
            let (width, height) = (Int(surface.w), Int(surface.h))
            let (left, top) = ((side - width) / 2, (side - height) / 2)
            for y in max(0, -top)..<min(height, side - top) {
                // Text comes as 32-bit ARGB; how much of a pixel a letter covers is its alpha.
                let row = (surface.pixels + y * Int(surface.pitch)).assumingMemoryBound(to: UInt32.self)
                for x in max(0, -left)..<min(width, side - left) {
                    let pixel = 3 * (side * (top + y) + left + x)
                    let cover = Int(row[x] >> 24)
                    for channel in 0..<3 {
                        let under = Int(bytes[pixel + channel])
                        bytes[pixel + channel] = UInt8(under + (Int(Self.ink) - under) * cover / 255)
                    }
                }
            }
        }
    }
}

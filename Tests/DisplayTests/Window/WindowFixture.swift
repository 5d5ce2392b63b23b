import CSDL2
import Frames
import TestSupport
import Testing

@testable import Display

/// What a window shows, read back.
struct Screenshot {
    let pixels: PixelBuffer

    @MainActor
    init(_ window: Window) throws {
        let renderer = try #require(window.renderer)
        var (width, height) = (CInt(0), CInt(0))
        try #require(SDL_GetRendererOutputSize(renderer, &width, &height) == 0)
        let size = FrameSize(width: Int(width), height: Int(height))
        var result: CInt = -1
        pixels = PixelBuffer(size: size) { bytes in
            result = SDL_RenderReadPixels(
                renderer, nil, SDL_PIXELFORMAT_RGB24.rawValue, bytes.baseAddress, CInt(3 * size.width))
        }
        try #require(result == 0, "\(String(cString: SDL_GetError()))")
    }

    func callAsFunction(_ x: Int, _ y: Int) -> [UInt8] { pixels.pixel(x, y) }

    /// How many pixels of some part are such.
    func count(_ x: Range<Int>, _ y: Range<Int>, where isSuch: (Slice<UnsafeRawBufferPointer>) -> Bool) -> Int {
        pixels.withBytes { bytes in
            y.reduce(0) { count, y in
                count
                    + x.count { x in
                        let at = 3 * (y * pixels.size.width + x)
                        return isSuch(Slice(base: bytes, bounds: at..<at + 3))
                    }
            }
        }
    }
}

/// Of one colour.
func plain(_ red: UInt8, _ green: UInt8, _ blue: UInt8, _ size: FrameSize = FrameSize(square: 64)) -> Frame {
    PixelBuffer(size) { _, _ in (red, green, blue) }.asFrame()
}

/// Left half red, right half blue.
func redAndBlue(_ size: FrameSize = FrameSize(square: 64)) -> Frame {
    PixelBuffer(size) { x, _ in x < size.width / 2 ? (255, 0, 0) : (0, 0, 255) }.asFrame()
}

func isBright(_ pixel: some Sequence<UInt8>) -> Bool { pixel.allSatisfy { $0 > 190 } }
func isRed(_ pixel: some Sequence<UInt8>) -> Bool {
    zip(pixel, [true, false, false]).allSatisfy { $1 ? $0 > 180 : $0 < 60 }
}
func isAmber(_ pixel: some Sequence<UInt8>) -> Bool {
    zip(pixel, [true, true, false]).allSatisfy { $1 ? $0 > 150 : $0 < 120 }
}

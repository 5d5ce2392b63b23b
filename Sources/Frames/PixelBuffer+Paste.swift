extension PixelBuffer {
    /// Copies this picture into a larger one, `width` pixels wide, with its upper left corner at (x, y).
    public func paste(into output: UnsafeMutableRawBufferPointer, width: Int, x: Int, y: Int) {
        withBytes { bytes in
            let rowBytes = 3 * size.width
            for row in 0..<size.height {
                let source = UnsafeRawBufferPointer(rebasing: bytes[row * rowBytes..<(row + 1) * rowBytes])
                let start = 3 * ((y + row) * width + x)
                UnsafeMutableRawBufferPointer(rebasing: output[start..<start + rowBytes]).copyMemory(from: source)
            }
        }
    }
}

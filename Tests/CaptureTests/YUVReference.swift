import Frames

@testable import Capture

/// YUV to RGB in double precision, as the standards' texts have it.
enum YUVReference {
    static func rgb(
        _ y: Double, _ cb: Double, _ cr: Double, _ encoding: YUVEncoding = .bt601, isFullRange: Bool
    ) -> [Double] {
        let (red, blue) =
            switch encoding {
            case .bt601: (0.299, 0.114)
            case .bt709: (0.2126, 0.0722)
            case .bt2020: (0.2627, 0.0593)
            case .smpte240: (0.212, 0.087)
            }
        let luma = isFullRange ? y / 255 : (y - 16) / 219
        let (u, v) = isFullRange ? ((cb - 128) / 255, (cr - 128) / 255) : ((cb - 128) / 224, (cr - 128) / 224)
        let r = luma + 2 * (1 - red) * v
        let b = luma + 2 * (1 - blue) * u
        let g = (luma - red * r - blue * b) / (1 - red - blue)
        return [r, g, b].map { min(max($0, 0), 1) * 255 }
    }

    /// The chroma at a luma sample, linearly between where the samples lie.
    static func chroma(
        _ plane: ArraySlice<UInt8>, _ size: FrameSize, _ layout: ChromaLayout, _ x: Int, _ y: Int
    ) -> Double {
        func place(_ siting: ChromaLayout.Siting, _ position: Int, _ count: Int) -> (Int, Int, Double) {
            let at =
                switch siting {
                case .everySample: Double(position)
                case .onFirst: Double(position) / 2
                case .between: (Double(position) - 0.5) / 2
                }
            let clamped = min(max(at, 0), Double(count - 1))
            let lower = Int(clamped)
            return (lower, min(lower + 1, count - 1), clamped - Double(lower))
        }
        let (left, right, u) = place(layout.horizontal, x, size.width)
        let (top, bottom, v) = place(layout.vertical, y, size.height)
        func sample(_ x: Int, _ y: Int) -> Double { Double(plane[plane.startIndex + size.width * y + x]) }
        let upper = sample(left, top) * (1 - u) + sample(right, top) * u
        return upper * (1 - v) + (sample(left, bottom) * (1 - u) + sample(right, bottom) * u) * v
    }
}

import Frames

/// Chooses among what a camera offers, for a size and a rate that somebody would like.
///
/// A puppeteer's camera is there for movement: colour first, then a rate near the wanted one, and only then the size,
/// as long as it is at least half of the wanted one. Thus a camera that has HD in YUYV at 5 frames a second and in
/// Motion JPEG at 30 is read as Motion JPEG, and one that has only the former is read smaller.
struct FormatNegotiation: Sendable {
    let size: FrameSize
    let rate: FrameRate
    /// The only one to choose; `nil` for any.
    var format: CameraFormat?

    /// - Returns: `nil` if there is no format that we read, or not the one that it must be.
    func best(of offers: [FormatOffer]) -> CameraMode? {
        let candidates = offers.flatMap(modes)
        return candidates.min { score($0).lexicographicallyPrecedes(score($1)) }
    }

    private func modes(_ offer: FormatOffer) -> [CameraMode] {
        guard let format = CameraFormat(offer.code), self.format == nil || self.format == format else { return [] }
        guard !offer.sizes.isEmpty else { return [CameraMode(format: format, size: size, rate: rate)] }
        return offer.sizes.map { CameraMode(format: format, size: nearest($0), rate: nearest($0.rates)) }
    }

    private func nearest(_ offer: SizeOffer) -> FrameSize {
        func along(_ wanted: Int, _ smallest: Int, _ largest: Int, _ step: Int) -> Int {
            guard wanted > smallest else { return smallest }
            let upwards = smallest + (wanted - smallest + step - 1) / step * step
            return upwards <= largest ? upwards : smallest + (largest - smallest) / step * step
        }
        let (smallest, largest) = (offer.smallest, offer.largest)
        return FrameSize(
            width: along(size.width, smallest.width, largest.width, offer.stepWidth),
            height: along(size.height, smallest.height, largest.height, offer.stepHeight))
    }

    /// The slowest that reaches the wanted rate, or else the fastest; 29.97 counts as 30.
    private func nearest(_ offer: RateOffer) -> FrameRate {
        switch offer {
        case .unknown: return rate
        case .listed(let rates):
            let sorted = rates.sorted { $0.framesPerSecond < $1.framesPerSecond }
            return sorted.first { reach($0) >= 0.99 } ?? sorted.last ?? rate
        case .between(let slowest, let fastest):
            if rate.framesPerSecond > fastest.framesPerSecond { return fastest }
            return rate.framesPerSecond < slowest.framesPerSecond ? slowest : rate
        }
    }

    /// Smaller is better, the first difference decides.
    private func score(_ mode: CameraMode) -> [Double] {
        let reach = reach(mode.rate)
        let isLarge = 2 * mode.size.width >= size.width && 2 * mode.size.height >= size.height
        return [
            mode.format == .grey ? 1 : 0,
            isLarge ? 0 : 1,
            reach >= 0.8 ? 0 : 1 - reach,
            distance(mode.size),
            reach >= 0.99 ? 0 : 1 - reach,
            Double(CameraFormat.allCases.firstIndex(of: mode.format)!),
            reach,
        ]
    }

    private func reach(_ rate: FrameRate) -> Double { rate.framesPerSecond / self.rate.framesPerSecond }

    /// 0 for the wanted size; any size that covers it is better than any that does not.
    private func distance(_ other: FrameSize) -> Double {
        let ratio = Double(other.pixelCount) / Double(size.pixelCount)
        return other.width >= size.width && other.height >= size.height ? ratio - 1 : 1e9 - ratio
    }
}

import System

/// `--quality auto`: climbs down the ladder of ``QualityStep`` while pictures are missing, and up again where there is room
/// for what the step above takes. One queue owns a value.
///
/// It looks once a second. A step down needs two seconds in a row in which more than a tenth of the wanted pictures were
/// not made although the network was at work all the time, or the processor budget used up, and another one two seconds
/// later where that was not enough; a step up needs four in which
/// nothing was missing and, going by what frames cost now and by the ladder's figures, nothing would be. Whoever has to
/// step down soon after a step up waits twice as long before the next attempt, so that what is seen does not swing.
struct QualityController: Sendable {
    /// What is known of a run at some time; counts go up from its start.
    struct Sample: Sendable {
        var time: MonotonicTime
        /// Frames that came and were not more than `--fps` asks for.
        var wanted: Int
        /// Pictures shown for them, made or shown again.
        var shown: Int
        /// Pictures that were made.
        var made: Int
        /// Nanoseconds that the stages spent on those.
        var work: UInt64
        /// Of the process, all threads.
        var processorNanoseconds: UInt64
    }

    /// Per step, of what a frame costs at the first.
    private let costs: [Double]
    /// Of all cores together, 0...1.
    private let share: Double
    private let cores: Int
    /// Of the ladder.
    private(set) var index: Int
    private var last: Sample?
    /// Of a picture that was made, at this step; 0 before the first.
    private var nanosecondsPerPicture = 0.0
    private var secondsMissing = 0
    private var secondsRoomy = 0
    /// Looks that what was under way at the last step spoils.
    private var looksToSkip = 0
    private var patience = leastPatience
    private var secondsSinceUp = Int.max

    /// Nanoseconds between two looks.
    private static let period: UInt64 = 1_000_000_000
    private static let missing = 0.9
    private static let complete = 0.97
    /// Of the time, or of the budget: above it there is no room.
    private static let full = 0.85
    /// Below it, what is missing is not for want of time.
    private static let busy = 0.7
    private static let patienceDown = 2
    private static let leastPatience = 4
    private static let mostPatience = 64
    /// Seconds after a step up within which a step down says that it was a mistake.
    private static let trial = 10
    /// Seconds after which it was none.
    private static let probation = 30
    /// Fewer frames than that say nothing.
    private static let leastFrames = 4

    /// - Parameters:
    ///   - costs: of each step of the ladder, the first 1, none above the one before it.
    ///   - index: where it begins.
    ///   - share: of all cores together that may be used, 0...1.
    ///   - cores: at least 1.
    init(costs: [Double], from index: Int = 0, share: Double = 1, cores: Int) {
        precondition(costs.indices.contains(index) && cores > 0 && share > 0, "step \(index) of \(costs.count)")
        self.costs = costs
        self.index = index
        self.share = share
        self.cores = cores
    }

    /// Takes a step where one is due.
    ///
    /// - Returns: what a picture will cost of what it did, where a step was taken.
    mutating func update(_ sample: Sample) -> Double? {
        guard let last else {
            self.last = sample
            looksToSkip = 1  // the first second loads and calibrates
            return nil
        }
        let elapsed = Double(sample.time.nanoseconds &- last.time.nanoseconds)
        guard elapsed >= Double(Self.period) else { return nil }
        self.last = sample
        if secondsSinceUp < Self.probation {
            secondsSinceUp += 1
            if secondsSinceUp == Self.probation { patience = Self.leastPatience }
        }
        let (wanted, made) = (sample.wanted - last.wanted, sample.made - last.made)
        if made > 0 { nanosecondsPerPicture = Double(sample.work &- last.work) / Double(made) }
        guard looksToSkip == 0 else {
            looksToSkip -= 1
            return nil
        }
        guard wanted >= Self.leastFrames else { return nil }

        let shown = Double(sample.shown - last.shown) / Double(wanted)
        /// Of the time, were every wanted picture made.
        let load = nanosecondsPerPicture * Double(wanted) / elapsed
        let used = Double(sample.processorNanoseconds &- last.processorNanoseconds) / elapsed / Double(cores) / share
        let above = index > 0 ? costs[index - 1] / costs[index] : .infinity
        let isMissing = shown < Self.missing && (load > Self.busy || used > Self.full)
        let isRoomy = shown >= Self.complete && load * above < Self.full && (share == 1 || used * above < Self.full)
        secondsMissing = isMissing ? secondsMissing + 1 : 0
        secondsRoomy = isRoomy ? secondsRoomy + 1 : 0
        if secondsMissing >= Self.patienceDown, index + 1 < costs.count {
            if secondsSinceUp < Self.trial { patience = min(2 * patience, Self.mostPatience) }
            secondsSinceUp = .max
            return step(by: 1)
        }
        if secondsRoomy >= patience, index > 0 {
            secondsSinceUp = 0
            return step(by: -1)
        }
        return nil
    }

    private mutating func step(by steps: Int) -> Double {
        let factor = costs[index + steps] / costs[index]
        index += steps
        // Where one step down is not enough, the next need not wait to be sure.
        secondsMissing = steps > 0 ? Self.patienceDown - 1 : 0
        (secondsRoomy, looksToSkip) = (0, 1)
        nanosecondsPerPicture *= factor
        return factor
    }
}

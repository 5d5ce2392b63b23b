/// What became of the pictures that an output was given; those that still wait are not among them.
public struct OutputCounts: Sendable, Equatable {
    public private(set) var shown = 0
    public private(set) var written = 0
    public private(set) var repeated = 0
    /// By ``PictureFate/DropReason``, in the order of its cases.
    private var drops = [Int](repeating: 0, count: PictureFate.DropReason.allCases.count)

    public init() {}

    /// One more picture.
    public mutating func add(_ fate: PictureFate) {
        switch fate {
        case .shown: shown += 1
        case .written: written += 1
        case .repeated: repeated += 1
        case .dropped(let reason): drops[Self.index(reason)] += 1
        }
    }

    /// Pictures that nobody saw for that reason.
    public func dropped(_ reason: PictureFate.DropReason) -> Int { drops[Self.index(reason)] }

    public var dropped: Int { drops.reduce(0, +) }
    public var taken: Int { shown + written + repeated }
    public var all: Int { taken + dropped }

    /// For people: "244 pictures (220 shown, 24 repeated), 3 dropped (3 newer)".
    public var summary: String {
        func list(_ parts: [(Int, String)]) -> String {
            let words = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            return words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"
        }
        let takenAs = list([(shown, "shown"), (written, "written"), (repeated, "repeated")])
        let why = list(PictureFate.DropReason.allCases.map { (dropped($0), $0.rawValue) })
        return "\(taken) picture\(taken == 1 ? "" : "s")\(takenAs), \(dropped) dropped\(why)"
    }

    private static func index(_ reason: PictureFate.DropReason) -> Int {
        PictureFate.DropReason.allCases.firstIndex(of: reason)!  // of all cases
    }
}

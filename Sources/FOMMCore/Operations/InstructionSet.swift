import CFOMMKernels

/// Which kernels compute: one row of the table that dispatch, tests and benchmarks share.
///
/// `@unchecked Sendable` holds because the table is constant data of the binary: functions and a string literal.
public struct InstructionSet: @unchecked Sendable, CustomStringConvertible {
    private let table: UnsafePointer<puppet_kernels>

    /// Every name there is, slowest first.
    #if arch(arm64)
        public static let names = ["portable", "neon", "neondot", "neoni8mm"]
    #else
        public static let names = ["portable", "avx2", "avxvnni", "avx512", "avx512vnni"]
    #endif

    /// - Returns: `nil` where this CPU, or this build, does not have it.
    public init?(named name: String) {
        guard let table = puppet_kernels_named(name) else { return nil }
        self.table = table
    }

    /// What this CPU calls itself; "unknown" where it has no name.
    public static let processor: String = {
        let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 49) { name in
            puppet_processor_name(name.baseAddress!)
            return String(cString: name.baseAddress!)
        }
        let words = name.split(separator: " ")
        return words.isEmpty ? "unknown" : words.joined(separator: " ")
    }()

    /// What this CPU has, slowest first.
    public static let supported = names.compactMap(InstructionSet.init(named:))

    /// The fastest that this CPU has.
    public static let best = supported[supported.count - 1]

    var kernels: puppet_kernels { table.pointee }

    /// Whether there are convolutions on 8-bit integers.
    public var hasInt8: Bool { kernels.int8_levels > 0 }

    /// How far their integers go on either side of zero: 127, or 63 where products of two would not fit; 0 for none.
    public var int8Levels: Int { int8Format.levels }

    var int8Format: Quantisation.Format {
        Quantisation.Format(
            levels: Int(kernels.int8_levels), zero: Int(kernels.int8_zero), together: Int(kernels.int8_together))
    }

    /// Of values that are not negative.
    var unsignedInt8Format: Quantisation.Format {
        Quantisation.Format(
            levels: Int(kernels.int8_unsigned_levels), zero: 0, together: Int(kernels.int8_together))
    }

    public var name: String { String(cString: kernels.name) }
    public var description: String { name }
}

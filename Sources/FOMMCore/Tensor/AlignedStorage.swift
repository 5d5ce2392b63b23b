/// Numbers on cache lines of their own that are written once, while they are made, and only read after that: packed
/// weights, an encoded avatar.
///
/// `@unchecked Sendable` holds because nothing writes after `init`.
final class AlignedStorage<Number: BitwiseCopyable & AdditiveArithmetic>: @unchecked Sendable {
    let count: Int
    private let memory: UnsafeMutablePointer<Number>

    /// - Parameter fill: gets zeroed memory.
    init(count: Int, fill: (UnsafeMutablePointer<Number>) -> Void) {
        self.count = count
        memory = .allocateAligned(count)
        fill(memory)
    }

    convenience init(_ values: [Number]) {
        self.init(count: values.count) { $0.update(from: values, count: values.count) }
    }

    /// - Parameter memory: from `allocateAligned(_:)`, and nobody else's from now on.
    init(owning memory: UnsafeMutablePointer<Number>, count: Int) {
        self.count = count
        self.memory = memory
    }

    deinit { memory.deallocateAligned(count) }

    var pointer: UnsafePointer<Number> { UnsafePointer(memory) }
}

typealias FloatStorage = AlignedStorage<Float>

extension UnsafeMutablePointer where Pointee: BitwiseCopyable & AdditiveArithmetic {
    /// Zeroed, on a cache line of its own; what is large, in ``MappedMemory``.
    static func allocateAligned(_ count: Int) -> UnsafeMutablePointer<Pointee> {
        let (count, byteCount) = (max(count, 1), alignedByteCount(count))
        if isMapped(byteCount) {
            return MappedMemory.map(byteCount).bindMemory(to: Pointee.self, capacity: count)
        }
        let numbers = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
            .bindMemory(to: Pointee.self, capacity: count)
        numbers.initialize(repeating: .zero, count: count)
        return numbers
    }

    /// - Parameter count: that was allocated.
    func deallocateAligned(_ count: Int) {
        let byteCount = Self.alignedByteCount(count)
        if Self.isMapped(byteCount) {
            MappedMemory.unmap(self, byteCount)
        } else {
            UnsafeMutableRawPointer(self).deallocate()
        }
    }

    private static func alignedByteCount(_ count: Int) -> Int { max(count, 1) * MemoryLayout<Pointee>.stride }

    private static func isMapped(_ byteCount: Int) -> Bool { byteCount >= 1 << 20 }
}

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

    /// - Parameter memory: from `allocateAligned(_:)`, and nobody else's from now on.
    init(owning memory: UnsafeMutablePointer<Number>, count: Int) {
        self.count = count
        self.memory = memory
    }

    deinit { memory.deallocateAligned() }

    var pointer: UnsafePointer<Number> { UnsafePointer(memory) }
}

typealias FloatStorage = AlignedStorage<Float>

extension UnsafeMutablePointer where Pointee: BitwiseCopyable & AdditiveArithmetic {
    /// Zeroed, on a cache line of its own.
    static func allocateAligned(_ count: Int) -> UnsafeMutablePointer<Pointee> {
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Pointee>.stride, alignment: 64)
        let numbers = bytes.bindMemory(to: Pointee.self, capacity: max(count, 1))
        numbers.initialize(repeating: .zero, count: max(count, 1))
        return numbers
    }

    func deallocateAligned() { UnsafeMutableRawPointer(self).deallocate() }
}

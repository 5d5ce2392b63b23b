/// 64-byte aligned floats that are written once, while they are made, and only read after that: packed weights, an
/// encoded avatar.
///
/// `@unchecked Sendable` holds because ``init(count:fill:)`` is the only code that writes.
final class FloatStorage: @unchecked Sendable {
    let count: Int
    private let memory: UnsafeMutablePointer<Float>

    /// - Parameter fill: gets zeroed memory.
    init(count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
        self.count = count
        memory = .allocateAligned(count)
        fill(memory)
    }

    deinit { memory.deallocateAligned() }

    var pointer: UnsafePointer<Float> { UnsafePointer(memory) }
}

extension UnsafeMutablePointer<Float> {
    /// Zeroed, on a cache line of its own.
    static func allocateAligned(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
        let floats = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
        floats.initialize(repeating: 0, count: max(count, 1))
        return floats
    }

    func deallocateAligned() { UnsafeMutableRawPointer(self).deallocate() }
}

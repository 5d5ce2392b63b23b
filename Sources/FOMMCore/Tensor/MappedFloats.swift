import Glibc

/// Floats that begin at 0 and take no memory before they are written. Belongs to one queue.
final class MappedFloats {
    let pointer: UnsafeMutablePointer<Float>
    private let byteCount: Int

    init(count: Int) {
        byteCount = max(count, 1) * MemoryLayout<Float>.stride
        let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address, address != MAP_FAILED else { fatalError("no \(byteCount) bytes of memory") }
        pointer = address.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { munmap(pointer, byteCount) }
}

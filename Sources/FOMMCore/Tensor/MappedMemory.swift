import Glibc

/// Zeroed memory straight from the system, which provides a page when it is first touched: in huge pages where it can, as
/// a network reads hundreds of megabytes a frame, and the CPU remembers where only a few thousand pages lie.
enum MappedMemory {
    private static let hugePage = 2 << 20

    /// - Parameter byteCount: at least 1.
    /// - Returns: the beginning of a huge page.
    static func map(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let reserved = byteCount + hugePage
        let address = mmap(nil, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address, address != MAP_FAILED else { fatalError("no \(byteCount) bytes of memory") }
        let memory = address.alignedUp(toMultipleOf: hugePage)
        let end = UnsafeMutableRawPointer(memory + byteCount).alignedUp(toMultipleOf: Int(getpagesize()))
        if memory > address { munmap(address, memory - address) }
        munmap(end, address + reserved - end)
        // A hint: without huge pages everything works, slower.
        madvise(memory, byteCount, MADV_HUGEPAGE)
        return memory
    }

    static func unmap(_ memory: UnsafeMutableRawPointer, _ byteCount: Int) { munmap(memory, byteCount) }
}

import FOMMReference
import Glibc
import Synchronization
import TestSupport

@testable import FOMMCore

/// A tensor between pages that nobody may touch, flush with the one before it or the one after it, in turns: a kernel that
/// reads or writes past that end is a crash. The rest of the pages in between holds a canary.
final class TestTensor {
    let shape: TensorShape
    private let pages: GuardedPages
    private let start: UnsafeMutablePointer<Float>
    private static let canary: Float = -12345.5
    private static let made = Atomic<Int>(0)

    init(_ shape: TensorShape, planar: [Float]? = nil) {
        self.shape = shape
        pages = GuardedPages(byteCount: shape.elementCount * MemoryLayout<Float>.size)
        pages.floats.update(repeating: Self.canary)
        let slack = pages.floats.count - shape.elementCount
        let isFlushWithEnd = Self.made.add(1, ordering: .relaxed).newValue.isMultiple(of: 2)
        start = pages.floats.baseAddress! + (isFlushWithEnd ? slack : 0)
        start.update(repeating: 0, count: shape.elementCount)
        guard let planar else { return }
        for (channel, lane) in shape.channels.lanes.enumerated() {
            let plane = view.base + lane / ChannelLayout.block * shape.blockStride + lane % ChannelLayout.block
            for row in 0..<shape.height {
                for column in 0..<shape.width {
                    plane[row * shape.rowStride + column * ChannelLayout.block] =
                        planar[(channel * shape.height + row) * shape.width + column]
                }
            }
        }
    }

    /// Random values in -1...1.
    convenience init(_ shape: TensorShape, _ random: inout SeededRandom) {
        self.init(shape, planar: random.values(shape.channels.channels * shape.height * shape.width))
    }

    var view: TensorView { TensorView(shape: shape, base: start + shape.origin) }

    var tensor: Tensor { view.tensor }

    /// Floats outside the pixels that are not what they were: 0 in the halo and in unused lanes, the canary around it all.
    var damage: Int {
        var isPixel = [Bool](repeating: false, count: shape.elementCount)
        for lane in shape.channels.lanes {
            for row in 0..<shape.height {
                for column in 0..<shape.width {
                    isPixel[
                        shape.origin + lane / ChannelLayout.block * shape.blockStride + row * shape.rowStride + column
                            * ChannelLayout.block + lane % ChannelLayout.block] = true
                }
            }
        }
        let inside = isPixel.indices.count { !isPixel[$0] && start[$0] != 0 }
        let first = start - pages.floats.baseAddress!
        let around = pages.floats.indices.count { index in
            !(first..<first + shape.elementCount).contains(index) && pages.floats[index] != Self.canary
        }
        return inside + around
    }
}

/// Memory with a page before and a page after it that cannot be touched.
private final class GuardedPages {
    let floats: UnsafeMutableBufferPointer<Float>
    private let mapping: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let size = (byteCount + page - 1) / page * page
        guard let start = mmap(nil, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED, mprotect(start + page, size, PROT_READ | PROT_WRITE) == 0
        else { fatalError("no memory for a tensor of \(byteCount) bytes") }
        mapping = UnsafeMutableRawBufferPointer(start: start, count: size + 2 * page)
        floats = UnsafeMutableRawBufferPointer(start: start + page, count: size).bindMemory(to: Float.self)
    }

    deinit { munmap(mapping.baseAddress, mapping.count) }
}

extension SeededRandom {
    /// Values in -1...1.
    mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &self) } }
}

extension Workspace {
    /// Threads and kernels for an operation that needs no memory of its own.
    static func empty(_ instructionSet: InstructionSet, threads: Int = 2) -> Workspace {
        Workspace(WorkspaceLayout(), threads: threads, instructionSet: instructionSet)
    }
}

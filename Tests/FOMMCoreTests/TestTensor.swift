import TestSupport

@testable import FOMMCore

/// A tensor in memory of its own, with a canary around it: whatever a kernel writes outside its pixels is noticed.
final class TestTensor {
    let shape: TensorShape
    private let memory: UnsafeMutablePointer<Float>
    private static let guardFloats = 1024
    private static let canary: Float = -12345.5

    init(_ shape: TensorShape, planar: [Float]? = nil) {
        self.shape = shape
        let count = shape.elementCount
        memory = .allocateAligned(count + 2 * Self.guardFloats)
        for index in 0..<Self.guardFloats {
            memory[index] = Self.canary
            memory[Self.guardFloats + count + index] = Self.canary
        }
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

    deinit { memory.deallocateAligned() }

    var view: TensorView { TensorView(shape: shape, base: memory + Self.guardFloats + shape.origin) }

    /// Floats outside the pixels that are not what they were: 0 in the halo and in unused lanes, the canary around it all.
    var damage: Int {
        let start = memory + Self.guardFloats
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
        let around = (0..<Self.guardFloats).count { index in
            memory[index] != Self.canary || start[shape.elementCount + index] != Self.canary
        }
        return inside + around
    }
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

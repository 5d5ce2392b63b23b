import Testing

@testable import FOMMCore

@Suite("Memory of weights and workspaces, small and large enough to be mapped")
struct StorageTests {
    @Test(arguments: [0, 1, 17, 1 << 18 - 1, 1 << 18, 3 << 18 + 5, 5 << 18])
    func beginsZeroedOnACacheLine(count: Int) {
        for _ in 0..<3 {
            let numbers = UnsafeMutablePointer<Float>.allocateAligned(count)
            #expect(Int(bitPattern: numbers) % 64 == 0)
            #expect((0..<count).allSatisfy { numbers[$0] == 0 })
            numbers.update(repeating: 1, count: count)
            numbers.deallocateAligned(count)
        }
    }

    @Test func whatIsLargeBeginsAHugePage() {
        let count = 3 << 20
        let numbers = UnsafeMutablePointer<Int8>.allocateAligned(count)
        defer { numbers.deallocateAligned(count) }
        #expect(Int(bitPattern: numbers) % (2 << 20) == 0)
    }
}

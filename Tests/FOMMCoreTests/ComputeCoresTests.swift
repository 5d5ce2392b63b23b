import Foundation
import TestSupport
import Testing

@testable import FOMMCore

@Suite("Cores to compute on")
struct ComputeCoresTests {
    /// A laptop: two fast cores with two threads each, and two slow ones.
    private func laptop() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (processor, siblings) in ["0-1", "0-1", "2-3", "2-3", "4", "5"].enumerated() {
            try makeFolder(folder.path("cpu\(processor)/topology"))
            try writeFile(
                Array("\(siblings)\n".utf8), to: folder.path("cpu\(processor)/topology/thread_siblings_list"))
        }
        return folder
    }

    @Test func threadsOfACoreCountOnce() throws {
        let laptop = try laptop()
        func count(_ processors: [Int]) -> Int { ComputeCores.count(of: processors, topology: laptop.url.path) }
        #expect(count(Array(0..<6)) == 4)
        #expect(count([0, 1]) == 1 && count([1, 2]) == 2 && count([4, 5]) == 2, "only those that may be used")
        #expect(count([]) == 1)
        #expect(ComputeCores.count(of: [0, 1, 2], topology: "/none") == 3)
    }

    @Test func thereAreNoMoreThanProcessors() {
        #expect((1...ProcessInfo.processInfo.activeProcessorCount).contains(ComputeCores.count))
    }
}

import Foundation
import System
import TestSupport
import Testing

@testable import Display

@Suite("Who reads a loopback camera")
struct LoopbackReadersTests {
    private let kernel = PlayedKernel()

    init() { kernel.with { $0.hasTraffic = true } }

    private func readers() -> LoopbackReaders { LoopbackReaders("/dev/video9", 7, kernel.system) }

    /// Asks ten times a second, as a camera does.
    ///
    /// - Returns: what it was told last.
    private func ask(_ readers: LoopbackReaders, for milliseconds: Int) -> Bool {
        for _ in 0..<milliseconds / 100 {
            kernel.advance(milliseconds: 100)
            _ = readers.areThere()
        }
        return readers.areThere()
    }

    private func open(_ program: String? = "zoom (9)") {
        kernel.with { state in
            state.traffic = .opened
            if let program { state.holders.append(program) }
        }
    }

    private func close() {
        kernel.with { state in
            state.traffic = .closed
            _ = state.holders.popLast()
        }
    }

    @Test func whoeverKeepsItOpenReads() {
        let readers = readers()
        #expect(!readers.areThere())
        open()
        #expect(!ask(readers, for: 400), "it may only want to know whether the camera is there")
        #expect(ask(readers, for: 100))
        close()
        #expect(!readers.areThere())
    }

    @Test func whoHasHadItOpenBeforeUsReadsToo() {
        kernel.with { $0.holders = ["zoom (9)"] }
        let readers = readers()
        #expect(!readers.areThere())
        kernel.advance(milliseconds: 400)
        #expect(readers.areThere())
    }

    @Test func whoLooksWhetherItIsThereDoesNot() {
        let readers = readers()
        for _ in 0..<20 {
            open()
            #expect(!readers.areThere())
            kernel.advance(milliseconds: 200)
            close()
            #expect(!readers.areThere())
            kernel.advance(milliseconds: 2800)
            #expect(!readers.areThere())
        }
    }

    @Test func twoAreLeftOneByOne() {
        let readers = readers()
        open()
        _ = readers.areThere()
        kernel.advance(milliseconds: 500)
        open("obs (10)")
        #expect(readers.areThere())
        close()
        kernel.advance(milliseconds: 200)
        #expect(readers.areThere(), "one is left")
        close()
        kernel.advance(milliseconds: 200)
        #expect(!readers.areThere())
    }

    @Test func oneWhoseDescriptorsMayNotBeLookedAtReads() {
        let readers = readers()
        open(nil)
        _ = readers.areThere()
        kernel.advance(milliseconds: 400)
        #expect(readers.areThere())
        kernel.with { $0.traffic = .closed }
        #expect(!readers.areThere())
    }

    @Test func fromVersion13OnTheModuleSaysSo() {
        kernel.with { $0.hasEvents = true }
        let readers = readers()
        #expect(!readers.areThere())
        open()
        kernel.advance(milliseconds: 500)
        #expect(!readers.areThere(), "it may be a list of cameras that is open")
        kernel.with { $0.usage = 1 }
        #expect(readers.areThere(), "at once")
        kernel.with { $0.usage = 0 }
        #expect(!readers.areThere())
        kernel.advance(milliseconds: 3000)
        #expect(readers.areThere(), "it reads in a way that the module says nothing of")
        close()
        #expect(!readers.areThere())
    }

    @Test func theFirstOfTwoMayStop() {
        kernel.with { ($0.hasEvents, $0.usage) = (true, 1) }
        let readers = readers()
        open()
        open("obs (10)")
        #expect(readers.areThere())
        kernel.advance(milliseconds: 5000)
        kernel.with { $0.usage = 0 }
        close()
        #expect(readers.areThere(), "the module counts the first alone")
        close()
        kernel.advance(milliseconds: 200)
        #expect(!readers.areThere())
    }

    @Test func oneThatIsKilledIsGone() {
        kernel.with { ($0.hasEvents, $0.usage) = (true, -1) }
        let readers = readers()
        #expect(!readers.areThere(), "0.13 may count below zero")
        open()
        #expect(ask(readers, for: 3200))
        kernel.with { ($0.traffic, $0.holders) = (.closed, []) }
        #expect(!ask(readers, for: 100))
    }

    @Test func whereNothingCanBeToldSomebodyReads() {
        kernel.with { $0.hasTraffic = false }
        let readers = readers()
        #expect(readers.areThere())
    }

    @Test func allProgramsAreLookedAtOnlyWhenSomethingHappens() {
        let readers = readers()
        for _ in 0..<100 {
            _ = readers.areThere()
            kernel.advance(milliseconds: 100)
        }
        #expect(kernel.with { $0.looks } == 1)
        for _ in 0..<100 {
            open()
            _ = readers.areThere()
            close()
            kernel.advance(milliseconds: 10)
        }
        #expect(kernel.with { $0.looks } <= 12, "and then ten times a second at most")
    }

    @Test func theWatchIsClosed() {
        do {
            let readers = readers()
            _ = readers.areThere()
        }
        #expect(!kernel.with { $0.isWatching })
    }

    /// On files as on devices.
    @Test func theSystemSaysWhoOpensAFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("device")
        #expect(LoopbackSystem.live.watch(path) == -1, "there is none")
        try Data([1, 2, 3]).write(to: folder.url.appendingPathComponent("device"))
        let system = LoopbackSystem.live
        let watch = system.watch(path)
        defer { system.close(watch) }
        #expect(system.traffic(watch) == nil)
        let file = system.open(path)
        #expect(system.traffic(watch) == .opened && system.traffic(watch) == nil)
        system.close(file)
        #expect(system.traffic(watch) == .closed)
        for _ in 0..<1000 { system.close(system.open(path)) }
        #expect(system.traffic(watch) == .closed, "of thousands the newest")
    }
}

import FOMMCore
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Models

@Suite("What int8 gains here, remembered")
struct RememberedGainsTests {
    /// How often it was measured.
    private final class Measurements: Sendable {
        let count = Mutex(0)
        func gains(_ path: String?, version: String = "1", processor: String = "Pentium") -> RememberedGains {
            RememberedGains(path: path, version: version, processor: processor) { _, channels in
                self.count.withLock { $0 += 1 }
                return Double(channels) / 3
            }
        }
    }

    private let portable = InstructionSet.supported[0]

    @Test func isMeasuredOnceForEachComputerWidthAndVersion() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache/puppet/gains.json")
        let measurements = Measurements()
        func measured(_ gains: RememberedGains, _ channels: Int = 6) -> Int {
            #expect(abs(gains.gain(portable, channels: channels) - Double(channels) / 3) < 0.001)
            return measurements.count.withLock { $0 }
        }
        #expect(measured(measurements.gains(path)) == 1)
        #expect(measured(measurements.gains(path)) == 1, "remembered")
        #expect(measured(measurements.gains(path), 8) == 2)
        #expect(measured(measurements.gains(path, processor: "Atom")) == 3)
        #expect(measured(measurements.gains(path)) == 3, "the others are still there")
        #expect(measured(measurements.gains(path, version: "2")) == 4)
        #expect(measured(measurements.gains(nil)) == 5 && measured(measurements.gains(nil)) == 6)
    }

    /// A cache is nothing to fail for.
    @Test(arguments: ["", "{", "{\"version\": \"1\", \"gains\": {\"Pentium, portable, 6 channels\": -1}}", "[1, 2]"])
    func whatIsNoCacheIsMeasuredAgain(_ text: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("gains.json")
        try writeFile(Array(text.utf8), to: path)
        let measurements = Measurements()
        #expect(measurements.gains(path).gain(portable, channels: 6) == 2)
        #expect(measurements.gains(path).gain(portable, channels: 6) == 2)
        #expect(measurements.count.withLock { $0 } == 1, "and replaced")
    }

    @Test func whereNothingCanBeWrittenItIsMeasuredEveryTime() throws {
        let measurements = Measurements()
        for count in 1...2 {
            #expect(measurements.gains("/proc/nowhere/gains.json").gain(portable, channels: 6) == 2)
            #expect(measurements.count.withLock { $0 } == count)
        }
    }
}

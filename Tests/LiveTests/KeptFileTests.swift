import Foundation
import TestSupport
import Testing

@testable import Live

@Suite("Names of what is kept")
struct KeptFileTests {
    @Test func theirNamesTellTheTimeAndAreNew() throws {
        let folder = try TemporaryFolder()
        let (date, zone) = (Date(timeIntervalSince1970: 1_795_701_839), try #require(TimeZone(secondsFromGMT: 3600)))
        func next() -> String {
            String(KeptFile.path(in: folder.url.path, "png", at: date, in: zone).split(separator: "/").last!)
        }
        #expect(next() == "puppet 2026-11-26 15.03.59.png")
        try writeFile([1], to: folder.path(next()))
        #expect(next() == "puppet 2026-11-26 15.03.59 2.png")
        try writeFile([1], to: folder.path(next()))
        #expect(next() == "puppet 2026-11-26 15.03.59 3.png")
        let given = Set([2, 3, 4].map { folder.path("puppet 2026-11-26 15.03.59 \($0).png") })
        let free = KeptFile.path(in: folder.url.path, "png", besides: given, at: date, in: zone)
        #expect(free == folder.path("puppet 2026-11-26 15.03.59 5.png"))
    }
}

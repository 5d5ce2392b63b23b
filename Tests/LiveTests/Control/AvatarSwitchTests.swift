import DrivingSupport
import Frames
import System
import TestSupport
import Testing

@testable import Driving
@testable import Live

@Suite("Avatars that are switched", .timeLimit(.minutes(5)))
struct AvatarSwitchTests {
    @Test func aNameIsWholeOrTheOnlyOneThatBeginsSo() throws {
        let folder = try TemporaryFolder()
        for name in ["anna.png", "Annabel Lee.png", "otto.png", "Mona.Lisa.png"] {
            try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 64)).asFrame(), to: folder.path(name))
        }
        let switching = AvatarSwitch(try AvatarList(folder.url.path), try TestModel.tiny()) { _ in }
        func found(_ name: String) -> String {
            do throws(PuppetError) { return "\(try switching.index(of: name))" } catch { return "\(error)" }
        }
        let list = try AvatarList(folder.url.path)
        let at = { (name: String) in "\(list.shortNames.firstIndex(of: name)!)" }
        #expect(found("anna") == at("anna"), "a whole name before one that goes on")
        #expect(found("ANNAB") == at("Annabel Lee") && found("annabel lee") == at("Annabel Lee"))
        #expect(found("mona") == at("Mona.Lisa"), "only the last ending is none of the name")
        #expect(found("ann") == "avatar ann: 2 are called so: annabel lee, anna")
        #expect(found("mon na") == "avatar mon na: none is called so")
    }

    /// One that cannot be read is passed over, and does not stand in the way of the one behind it.
    @Test func theNextOneComesAfterOneThatCannotBeRead() throws {
        let folder = try TemporaryFolder()
        for name in ["a.png", "b.png", "c.png"] {
            try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 64)).asFrame(), to: folder.path(name))
        }
        try writeFile([1, 2, 3], to: folder.path("b.png"))
        let (shown, failures) = (Collected<String>(), Collected<String>())
        let switching = AvatarSwitch(
            try AvatarList(folder.url.path, AvatarFraming(crop: .center)), try TestModel.tiny()
        ) { shown.append($0.shortName) }
        func show(_ step: AvatarStep) { switching.show(step) { failures.append("\($0)") } }
        show(.next)
        try waitUntil("b is refused") { failures.all.count == 1 }
        #expect(switching.choice?.current == 0 && failures.all[0].contains("b.png"))
        show(.next)
        try waitUntil("c is shown") { shown.all == ["c"] }
        #expect(switching.choice?.current == 2)
        // What is dropped comes last, once, and is there after the folder was read again.
        let other = try TemporaryFolder()
        try PNGFile.write(PixelBuffer.smooth(FrameSize(square: 64)).asFrame(), to: other.path("d.png"))
        for _ in 0..<2 { switching.open(other.path("d.png")) { failures.append("\($0)") } }
        try waitUntil("d is shown") { shown.all == ["c", "d", "d"] }
        #expect(switching.choice?.list.count == 4 && switching.choice?.current == 3)
        switching.reload { _ in }
        try waitUntil("they are read again") { switching.choice != nil }
        #expect(switching.choice?.list.shortNames == ["a", "b", "c", "d"])
        switching.open(other.path("absent.png")) { failures.append("\($0)") }
        try waitUntil("it is refused") { failures.all.count == 2 }
        #expect(switching.choice?.list.count == 4 && shown.all.count == 3, "nothing has changed")
    }
}

import DrivingSupport
import Frames
import System
import TestSupport
import Testing

@testable import Driving
@testable import Live

@Suite("Avatars by their names")
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
}

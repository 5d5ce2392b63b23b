import FOMMCore
import Frames
import TestSupport
import Testing

@testable import Driving
@testable import System

@Suite("Avatars by number")
struct AvatarListTests {
    @Test func anAvatarListKnowsItsPictures() throws {
        let folder = try TemporaryFolder()
        #expect(throws: PuppetError.self, "an empty folder") { try AvatarList(folder.url.path) }
        for name in ["10.png", "2.png", ".hidden.png", "notes.txt"] {
            try PNGFile.write(PixelBuffer.smooth(FrameSize(width: 30, height: 40)).asFrame(), to: folder.path(name))
        }
        let list = try AvatarList(folder.url.path)
        #expect(list.count == 2)
        let detector = FrameDetector(try TestModel.tiny(), threads: 1)
        #expect(try list.load(0, AvatarReader(detector)).name.hasSuffix("/2.png"), "in the order of their numbers")
        #expect(try list.load(0, AvatarReader(detector)).picture.size == FrameSize(square: 64))
        #expect(try list.load(0, AvatarReader(detector)).shortName == "2")
        #expect(try AvatarList(nil).load(0, AvatarReader(detector)).shortName == "bundled portrait")
        try withPipe(carrying: PNGFile.encode(.smooth(FrameSize(width: 30, height: 40)))) { descriptor in
            let piped = try AvatarList("-", standardInput: descriptor)
            #expect(piped.count == 1 && piped.name(0) == "standard input")
            #expect(try piped.picture(0).size == FrameSize(width: 30, height: 40))
            #expect(try piped.readAgain().picture(0).size == FrameSize(width: 30, height: 40), "it is kept")
        }
        #expect(throws: FrameError.self) { try AvatarList(folder.path("missing.png")).load(0, AvatarReader(detector)) }
    }
}

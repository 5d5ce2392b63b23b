import TestSupport
import Testing

@testable import System

@Suite("Where the user's pictures and videos are")
struct UserFolderTests {
    @Test func asTheDesktopSays() throws {
        let home = try TemporaryFolder()
        let environment = ["HOME": home.url.path]
        #expect(UserFolder.pictures.path([:]) == ".")
        #expect(UserFolder.pictures.path(environment) == home.url.path, "no such folder yet")
        try makeFolder(home.path("Pictures"))
        #expect(UserFolder.pictures.path(environment) == home.path("Pictures"))
        try makeFolder(home.path(".config"))
        for (line, folder) in [
            ("XDG_PICTURES_DIR=\"$HOME/Meine Bilder\"", home.path("Meine Bilder")),
            ("XDG_PICTURES_DIR=\"$HOME\"", home.url.path),
            ("XDG_PICTURES_DIR=\"/srv/pictures\"", "/srv/pictures"),
            ("# XDG_PICTURES_DIR=\"/no\"", home.path("Pictures")),
            ("XDG_PICTURES_DIR=\"relative\"", home.path("Pictures")),
            ("XDG_PICTURES_DIR=\"$HOMEWORK/x\"", home.path("Pictures")),
            ("XDG_PICTURES_DIR=\"/cut", home.path("Pictures")),
        ] {
            try writeFile(
                Array("XDG_MUSIC_DIR=\"$HOME/Music\"\n\(line)\n".utf8), to: home.path(".config/user-dirs.dirs"))
            #expect(UserFolder.pictures.path(environment) == folder, "\(line)")
        }
        #expect(
            UserFolder.pictures.path(environment.merging(["XDG_PICTURES_DIR": "/from/environment"]) { $1 })
                == "/from/environment"
        )
    }

    @Test func videosHaveAFolderOfTheirOwn() throws {
        let home = try TemporaryFolder()
        let environment = ["HOME": home.url.path, "XDG_PICTURES_DIR": "/pictures"]
        try makeFolder(home.path("Pictures"))
        #expect(UserFolder.videos.path(environment) == home.url.path)
        try makeFolder(home.path("Videos"))
        #expect(UserFolder.videos.path(environment) == home.path("Videos"))
        #expect(UserFolder.videos.path(environment.merging(["XDG_VIDEOS_DIR": "/films"]) { $1 }) == "/films")
    }
}

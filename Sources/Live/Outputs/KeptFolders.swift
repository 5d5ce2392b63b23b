import System

/// Where pictures and recordings go that the user keeps of a run.
package struct KeptFolders: Sendable {
    let pictures: String
    package let videos: String

    /// The user's own folders, as the desktop has them.
    ///
    /// - Parameter environment: of the process.
    package init(environment: [String: String]) {
        self.init(pictures: UserFolder.pictures.path(environment), videos: UserFolder.videos.path(environment))
    }

    init(pictures: String, videos: String) { (self.pictures, self.videos) = (pictures, videos) }
}

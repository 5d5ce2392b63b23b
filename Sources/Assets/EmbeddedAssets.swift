import CAssets
import FOMMCore
import Frames
import System

/// The files inside the program, so that `puppet` runs with nothing beside it.
package enum EmbeddedAssets {
    /// The default model.
    package static var model: MappedFile {
        MappedFile(name: "the default model", embedded: bytes(puppet_asset_model()))
    }

    /// The default avatar, which is also the face of the test camera.
    package static func portrait() throws(FrameError) -> PixelBuffer {
        try ImageFile.decode(bytes(puppet_asset_portrait()), path: "the bundled portrait")
    }

    /// A TrueType font for text in the window.
    package static var font: UnsafeRawBufferPointer { bytes(puppet_asset_font()) }

    /// The commit that the program was built from; "unknown" where nobody told.
    package static var commit: String { String(cString: puppet_commit()) }

    private static func bytes(_ asset: puppet_asset) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: asset.bytes, count: asset.count)
    }
}

import CSDL2
import Synchronization
import System

/// A TrueType font, open at one size. One queue owns a value; needs no window and no display.
///
/// SDL's text library and FreeType below it share memory between all fonts while one is opened or closed, so that is
/// done under a lock; drawing with different fonts on different queues is allowed.
struct Font: ~Copyable {
    let pointer: OpaquePointer
    private static let library = Mutex(())

    /// What SDL said when a font could not be opened.
    struct Failure: Error {
        let reason: String
    }

    /// - Parameters:
    ///   - bytes: not copied: they must outlive the font.
    ///   - height: of a line's letters, in pixels.
    init(bytes: UnsafeRawBufferPointer, height: Int) throws(Failure) {
        // The closure below runs at once and on this thread; the lock only takes ones that might not.
        nonisolated(unsafe) var opened = Result<OpaquePointer, Failure>.failure(Failure(reason: ""))
        Self.library.withLock { _ in opened = Self.open(bytes, height) }
        pointer = try opened.get()
    }

    deinit {
        nonisolated(unsafe) let pointer = pointer  // as in init
        Self.library.withLock { _ in
            TTF_CloseFont(pointer)
            TTF_Quit()
        }
    }

    private static func open(_ bytes: UnsafeRawBufferPointer, _ height: Int) -> Result<OpaquePointer, Failure> {
        guard TTF_Init() == 0 else { return .failure(Failure(reason: Screen.lastError)) }
        let stream = SDL_RWFromConstMem(bytes.baseAddress, CInt(bytes.count))
        // 1: closes the stream with the font, also when it is none.
        guard let stream, let font = TTF_OpenFontRW(stream, 1, CInt(height)) else {
            let reason = Screen.lastError
            TTF_Quit()
            return .failure(Failure(reason: reason))
        }
        return .success(font)
    }
}

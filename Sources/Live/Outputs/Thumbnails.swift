import Dispatch
import Display
import Driving
import Frames
import Synchronization

/// Small pictures of the avatars, for the window's strip. Reads them one after another, on a queue of its own. Any queue.
final class Thumbnails: Sendable {
    private struct State {
        /// By name; `nil` of what cannot be read.
        var pictures: [String: Frame?] = [:]
        var isReading = false
    }

    private let queue = DispatchQueue(label: "puppet.thumbnails", qos: .utility)
    private let state = Mutex(State())

    /// Rows and columns.
    private static let side = 144

    /// What there is of a list's; begins to read what is missing.
    func callAsFunction(of list: AvatarList) -> [WindowThumbnail] {
        let (thumbnails, missing) = state.withLock { state in
            let names = (0..<list.count).map { list.name($0) }
            let missing = state.isReading ? nil : names.firstIndex { state.pictures[$0] == nil }
            if missing != nil { state.isReading = true }
            return (names.map { WindowThumbnail(picture: state.pictures[$0] ?? nil) }, missing)
        }
        if let missing { queue.async { [self] in read(missing, of: list) } }
        return thumbnails
    }

    /// Reads the picture's middle: where its face is takes longer to find than a strip is looked at.
    private func read(_ index: Int, of list: AvatarList) {
        let frame = (try? list.picture(index)).map { picture in
            let fit = SquareFit(from: picture.size, side: Self.side)
            let small = PixelBuffer(size: FrameSize(square: Self.side)) { fit(picture, into: $0) }
            return Frame(pixels: small, sequence: index, captured: .now)
        }
        state.withLock { state in
            state.pictures[list.name(index)] = .some(frame)
            state.isReading = false
        }
    }
}

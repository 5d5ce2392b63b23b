import Dispatch
import Display
import Driving
import Frames
import Synchronization
import System

/// Which camera drives, and which others could. Looks for them, and at them, on a queue of its own. Any queue.
final class CameraPicker: Sendable {
    private struct State {
        var choices: [CameraChoice] = []
        /// By path; `nil` of one that shows nothing.
        var pictures: [String: Frame?] = [:]
        var current: String
    }

    private let queue = DispatchQueue(label: "puppet.cameras", qos: .utility)
    private let state: Mutex<State>
    private let choose: @Sendable (String) -> Void
    private let find: @Sendable () -> [CameraChoice]

    /// Rows and columns of a preview.
    private static let side = 144

    /// - Parameters:
    ///   - current: the path of the camera that drives.
    ///   - choose: makes another one drive.
    ///   - find: the cameras there are; replaced by tests.
    init(
        current: String, choose: @escaping @Sendable (String) -> Void,
        find: @escaping @Sendable () -> [CameraChoice] = { CameraChoice.all }
    ) {
        state = Mutex(State(current: resolvedPath(current)))
        self.choose = choose
        self.find = find
    }

    /// Another one drives now.
    func changed(to path: String) { state.withLock { $0.current = resolvedPath(path) } }

    /// Looks which cameras there are, and takes a picture of each that nobody uses.
    func look() {
        queue.async { [self] in
            let choices = find()
            let current = state.withLock { state in
                state.choices = choices
                return state.current
            }
            for choice in choices where !choice.isBusy && choice.path != current {
                let picture = choice.picture.map(Self.thumbnail)
                state.withLock { $0.pictures[choice.path] = .some(picture) }
            }
        }
    }

    /// The cameras that were found, and which of them drives.
    ///
    /// - Parameter driver: a picture of the one that drives.
    func thumbnails(driver: Frame?) -> (thumbnails: [WindowThumbnail], chosen: Int) {
        state.withLock { state in
            let thumbnails = state.choices.map { choice in
                let isDriving = choice.path == state.current
                return WindowThumbnail(
                    picture: isDriving ? driver : state.pictures[choice.path] ?? nil,
                    caption: choice.isBusy && !isDriving ? "\(choice.name) (busy)" : choice.name)
            }
            return (thumbnails, state.choices.firstIndex { $0.path == state.current } ?? -1)
        }
    }

    /// - Returns: the path of the camera that will drive.
    /// - Throws: ``PuppetError`` `.badCommand` where there is none to be chosen.
    func choose(_ step: CameraStep) throws(PuppetError) -> String {
        let (known, current) = state.withLock { ($0.choices, $0.current) }
        let choices = known.isEmpty ? find() : known
        let others = choices.filter { $0.path != current }
        func refusal(_ what: String, _ why: String) -> PuppetError { PuppetError(.badCommand, "camera \(what)", why) }
        let path: String
        switch step {
        case .next:
            let after = choices.firstIndex { $0.path == current }.map { choices[($0 + 1)...] + choices[..<$0] }
            guard let next = after?.first ?? others.first else { throw refusal("next", "there is no other") }
            path = next.path
        case .index(let index):
            guard choices.indices.contains(index) else { throw refusal("\(index + 1)", "there are \(choices.count)") }
            path = choices[index].path
        case .named(let name) where name.hasPrefix("/"): path = resolvedPath(name)
        case .named(let name):
            let wanted = name.lowercased()
            let found =
                choices.first { $0.name.lowercased() == wanted }
                ?? choices.first { $0.name.lowercased().contains(wanted) }
            guard let found else {
                let names = choices.map(\.name).joined(separator: ", ")
                throw refusal(name, choices.isEmpty ? "there is none" : "none is called so; there are \(names)")
            }
            path = found.path
        }
        guard path != current else { throw refusal(path, "it drives already") }
        choose(path)
        return path
    }

    private static func thumbnail(of frame: Frame) -> Frame {
        let fit = SquareFit(from: frame.size, side: side)
        let small = PixelBuffer(size: FrameSize(square: side)) { fit(frame.pixels, into: $0) }
        return Frame(pixels: small, sequence: frame.sequence, captured: frame.captured)
    }
}

import Frames
import Synchronization
import System

/// The square that the network looks at, as it is now. It moves when it is asked to, never by itself: a square that
/// follows the face would tremble as the face does. Any queue; one lock.
package final class Framing: Sendable {
    private struct State {
        var size: FrameSize
        var square: FrameSquare
        var home: FrameSquare
    }

    private let state: Mutex<State>

    /// A step of the zoom is that much of the picture's shorter side; the side stays within these shares of it.
    private static let zoomStep = 0.05
    private static let smallest = 0.1

    /// - Parameter size: of the source's picture.
    /// - Throws: ``PuppetError`` `.badCrop` for a square that is not inside the picture.
    package init(_ choice: CropChoice, in size: FrameSize) throws(PuppetError) {
        let home =
            if case .square(let x, let y, let side) = choice {
                try FrameSquare(x: x, y: y, exactly: side, in: size, option: "--crop")
            } else {
                FrameSquare.centred(in: size)
            }
        state = Mutex(State(size: size, square: home, home: home))
    }

    /// - Parameter size: of the picture now. Where that has changed, as when a camera comes back, the square keeps its
    ///   place in it.
    package func square(in size: FrameSize) -> FrameSquare {
        state.withLock { state in
            if size != state.size {
                state.square = Self.moved(state.square, from: state.size, to: size)
                state.home = Self.moved(state.home, from: state.size, to: size)
                state.size = size
            }
            return state.square
        }
    }

    /// Of the source's picture, as it was last.
    package var size: FrameSize { state.withLock { $0.size } }

    /// Looks at another square.
    package func look(at square: FrameSquare) {
        state.withLock { $0.square = FrameSquare(x: square.x, y: square.y, side: square.side, in: $0.size) }
    }

    /// - Parameter steps: above 0 the square gets smaller and the face larger.
    package func zoom(_ steps: Double) {
        state.withLock { state in
            let shorter = Double(min(state.size.width, state.size.height))
            let side = Double(state.square.side) - steps * Self.zoomStep * shorter
            let limited = Int(max(Self.smallest * shorter, min(shorter, side)).rounded())
            let difference = state.square.side - limited
            state.square = FrameSquare(
                x: state.square.x + difference / 2, y: state.square.y + difference / 2, side: limited, in: state.size)
        }
    }

    /// Moves the square, in pixels of the source's picture; to the edge at most.
    package func shift(x: Int, y: Int) {
        state.withLock { state in
            state.square = FrameSquare(
                x: state.square.x + x, y: state.square.y + y, side: state.square.side, in: state.size)
        }
    }

    /// Back to where it was at the start.
    package func reset() { state.withLock { $0.square = $0.home } }

    private static func moved(_ square: FrameSquare, from: FrameSize, to: FrameSize) -> FrameSquare {
        let ratio = Double(min(to.width, to.height)) / Double(min(from.width, from.height))
        func place(_ start: Int, _ from: Int, _ to: Int) -> Int {
            Int(((Double(start) - Double(from) / 2) * ratio + Double(to) / 2).rounded())
        }
        return FrameSquare(
            x: place(square.x, from.width, to.width), y: place(square.y, from.height, to.height),
            side: Int((Double(square.side) * ratio).rounded()), in: to)
    }
}

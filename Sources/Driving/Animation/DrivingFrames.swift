import Frames

/// A driving video as the network sees it, frame by frame: opened, cut out, resized. Belongs to one thread.
package final class DrivingFrames {
    package let frameRate: FrameRate
    /// What is to be heard with them; `nil` where there is nothing.
    package let sound: Soundtrack?
    /// What the frames show of the source's pictures.
    package let viewpoint: Viewpoint
    /// How many there are in all; `nil` where the source does not know.
    package let count: Int?
    private let source: any FrameSource
    private let limit: Int?
    private let fit: SquareFit
    private let pool: FramePool
    /// Frames read, those that were skipped among them.
    package private(set) var read = 0

    /// - Parameters:
    ///   - side: rows and columns of the network's frame.
    ///   - crop: what is looked at of the pictures.
    ///   - limit: frames at most; `nil` runs to the end of the source, or once through the test camera's script.
    ///   - inUse: how many frames may be in use at once.
    /// - Throws: whatever opening the source throws, ``PuppetError`` `.badCrop`.
    package init(
        _ driving: DrivingSource, side: Int, crop: CropChoice = .center, limit: Int? = nil, inUse: Int = 1
    ) throws {
        let limit = limit ?? (driving.kind == .testCamera ? driving.testCameraScriptLength : nil)
        source = try driving.open(frames: limit)
        let square = try Framing(crop, in: source.size).square(in: source.size)
        self.limit = limit
        frameRate = source.frameRate
        sound = source.sound
        count = [source.frameCount, limit].compactMap { $0 }.min()
        viewpoint = Viewpoint(square, of: source.size, side: side)
        fit = SquareFit(from: source.size, side: side, square: square)
        pool = FramePool(size: FrameSize(square: side), capacity: inUse)
    }

    /// The next frame; `nil` after the last one.
    package func next() throws -> Frame? { try nextPicture().map { fit($0, from: pool) } }

    /// How many there will be in all, as far as anybody says: for telling how far something is.
    package var expectedCount: Int? { [count ?? source.expectedFrameCount, limit].compactMap { $0 }.min() }

    /// After the last frame: why there may be fewer than were promised.
    package var shortfall: String? { source.shortfall }

    /// Passes over a frame.
    package func skip() throws { _ = try nextPicture() }

    private func nextPicture() throws -> Frame? {
        guard limit.map({ read < $0 }) ?? true, let picture = try source.next() else { return nil }
        read += 1
        return picture
    }
}

/// Where pictures come from: a camera, a file, the test camera. Not `Sendable`: one queue owns a source.
public protocol FrameSource: AnyObject {
    /// What to call it in a message: a path, or "the test camera".
    var name: String { get }
    /// Size of this source's pictures, and of every frame it returns unless ``wanted`` asks for less.
    var size: FrameSize { get }
    /// What is looked at of the pictures; `nil` for all. A source may ignore it: ``Frame/part`` tells.
    var wanted: WantedSquare? { get set }
    /// How fast its frames are meant to be shown.
    var frameRate: FrameRate { get }
    /// What is to be heard with the pictures; `nil` where there is no file whose sound it could be. It may turn out to have
    /// none.
    var sound: Soundtrack? { get }
    /// Whether frames come when they happen, stamped with when that was, as a camera's do. Others are read as fast as
    /// they are asked for.
    var isLive: Bool { get }
    /// How many frames it will return in all, where that is known before they are read.
    var frameCount: Int? { get }
    /// The same where it is only said, by a container that may be wrong: for telling how far something is. May take a tenth
    /// of a second.
    var expectedFrameCount: Int? { get }

    /// After the last frame: why there may be fewer than the source had promised; `nil` where nothing is known to be wrong.
    var shortfall: String? { get }

    /// The next picture, or `nil` after the last one. Waits for it: a camera until it comes or ``interrupt`` is called, a
    /// file or a pipe until it is read.
    func next() throws -> Frame?

    /// Gives a camera back until ``next()`` is called again: somebody else may want it, and its lamp goes out. On the queue that
    /// reads.
    func rest()

    /// Ends a camera's wait and all later ones: ``next()`` returns `nil` then. From any queue, and more than once.
    var interrupt: @Sendable () -> Void { get }
}

extension FrameSource {
    public var interrupt: @Sendable () -> Void { {} }
    public func rest() {}
    public var isLive: Bool { false }
    public var shortfall: String? { nil }
    public var sound: Soundtrack? { nil }
    public var frameCount: Int? { nil }
    public var expectedFrameCount: Int? { frameCount }
    public var wanted: WantedSquare? {
        get { nil }
        set {}
    }
}

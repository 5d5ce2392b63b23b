import CPipeWire
import Frames
import System

/// A camera among those that PipeWire offers to other programs, without a module of the kernel. One queue owns a value.
///
/// While no program looks, it takes pictures without reading them.
public final class PipeWireDevice: VirtualCameraDevice {
    let layout: VirtualCameraLayout
    let keepsPictures = false
    /// PipeWire's thread says when somebody comes.
    let lookPeriod: UInt64 = 1_000_000_000
    private let name: String
    private let camera: OpaquePointer
    private let listener: Listener

    /// Whether PipeWire's library is there; whether its daemon runs is another question.
    public static var isInstalled: Bool { puppet_pipewire_is_installed() }

    /// The word for it on the command line.
    public static let word = "pipewire"
    /// What call apps show where nothing else is asked for.
    public static let usualName = "puppet"

    /// What to call the camera `name` on the command line, and in a message.
    static func output(_ name: String) -> String { name == usualName ? word : "\(word):\(name)" }

    /// The name of the camera that the command line calls `output`: `pipewire` or `pipewire:NAME`, whose name may
    /// be left out; `nil` where that is something else.
    public static func name(of output: String) -> String? {
        if output == word { return usualName }
        guard output.hasPrefix(word + ":") else { return nil }
        let name = output.dropFirst(word.count + 1)
        return name.isEmpty ? usualName : String(name)
    }

    /// Who is told that something has changed. PipeWire's thread reads it, which ends before it does.
    private final class Listener: Sendable {
        let onChange: @Sendable () -> Void
        init(_ onChange: @escaping @Sendable () -> Void) { self.onChange = onChange }
    }

    /// Offers the camera.
    ///
    /// - Parameters:
    ///   - name: what programs show and remember it by.
    ///   - layout: YUYV, rows without gaps.
    ///   - onChange: called on PipeWire's thread when somebody begins or ceases to look, or the daemon ends: must not block.
    /// - Throws: ``DisplayError``: `.absent` where no daemon runs, `.notSupported` where this cannot change.
    init(
        _ name: String, _ layout: VirtualCameraLayout, rate: FrameRate, onChange: @escaping @Sendable () -> Void
    ) throws(DisplayError) {
        precondition(layout.format == .yuyv && layout.bytesPerLine == 2 * layout.size.width, "\(layout)")
        let listener = Listener(onChange)
        var opened: OpaquePointer?
        var reason = [CChar](repeating: 0, count: 256)
        let result = name.withCString { name in
            var settings = puppet_pipewire_settings(
                name: name, description: name, width: CInt(layout.size.width), height: CInt(layout.size.height),
                rate_numerator: CInt(rate.numerator), rate_denominator: CInt(rate.denominator),
                changed: { Unmanaged<Listener>.fromOpaque($0!).takeUnretainedValue().onChange() },
                context: Unmanaged.passUnretained(listener).toOpaque())
            return puppet_pipewire_open(&settings, &opened, &reason, reason.count)
        }
        guard let opened else {
            throw DisplayError(
                pipeWire: result, Self.output(name), "camera", instead: "use a v4l2loopback device", reason: reason)
        }
        self.name = name
        self.layout = layout
        self.listener = listener
        camera = opened
    }

    deinit { puppet_pipewire_close(camera) }

    func isWatched() throws(DisplayError) -> Bool {
        if puppet_pipewire_is_gone(camera) { throw gone }
        return puppet_pipewire_is_watched(camera)
    }

    func write(_ picture: UnsafeRawBufferPointer, sequence: Int) throws(DisplayError) -> VirtualCameraWriting {
        precondition(picture.count == layout.byteCount, "\(picture.count) bytes for a picture of \(layout.byteCount)")
        let now = Int64(MonotonicTime.now.nanoseconds)
        switch puppet_pipewire_send(camera, picture.baseAddress!, now, UInt64(sequence)) {
        case PUPPET_PIPEWIRE_SENT, PUPPET_PIPEWIRE_NOBODY: return .written
        case PUPPET_PIPEWIRE_FULL: return .full
        default: throw gone
        }
    }

    private var gone: DisplayError {
        DisplayError(
            .cannotWrite, Self.output(name), "PipeWire has ended",
            hint: "the camera is back when it is: systemctl --user restart pipewire")
    }
}

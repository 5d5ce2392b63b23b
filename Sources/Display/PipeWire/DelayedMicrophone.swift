import CPipeWire
import System

/// A microphone among those that PipeWire offers to other programs: what another one hears, a while later. One queue owns a value.
///
/// The other one is open only while a program listens to this.
public final class DelayedMicrophone {
    private let microphone: OpaquePointer

    /// What call apps show.
    public static let name = "puppet microphone"
    /// What they remember it by.
    private static let nodeName = "puppet-microphone"
    /// Longest delay, in milliseconds.
    public static let most = 1500.0

    /// Offers the microphone.
    ///
    /// - Parameter source: the node that it listens to, by name or serial number; `nil` for the system's choice.
    /// - Throws: ``DisplayError``: `.absent` where no daemon runs, `.notSupported` where this cannot change.
    public init(listeningTo source: String?) throws(DisplayError) {
        var opened: OpaquePointer?
        var reason = [CChar](repeating: 0, count: 256)
        func open(_ source: UnsafePointer<CChar>?) -> puppet_pipewire_opening {
            Self.nodeName.withCString { node in
                Self.name.withCString { name in
                    var settings = puppet_pipewire_microphone_settings(
                        name: node, description: name, source: source, most: Self.microseconds(Self.most))
                    return puppet_pipewire_microphone_open(&settings, &opened, &reason, reason.count)
                }
            }
        }
        let result = source.map { $0.withCString(open) } ?? open(nil)
        guard let opened else {
            throw DisplayError(
                pipeWire: result, Self.name, "microphone", instead: "leave --delay-audio out", reason: reason)
        }
        microphone = opened
    }

    deinit { puppet_pipewire_microphone_close(microphone) }

    /// How much later it gives what it hears: milliseconds, 0...``most``. A change is followed without a click, which takes a
    /// while; reading it tells how far that is.
    public var delay: Double {
        get { Double(puppet_pipewire_microphone_delay(microphone)) / 1000 }
        set { puppet_pipewire_microphone_set(microphone, Self.microseconds(newValue)) }
    }

    private static func microseconds(_ milliseconds: Double) -> UInt32 {
        UInt32((min(max(milliseconds, 0), most) * 1000).rounded())
    }

    /// Whether a program listens.
    public var isHeard: Bool { puppet_pipewire_microphone_is_heard(microphone) }

    /// Whether there is one to listen to, or was: apps do not see this before.
    public var hears: Bool { puppet_pipewire_microphone_hears(microphone) }

    /// Whether PipeWire has ended, or has given it up: what is left is to offer another.
    public var isGone: Bool { puppet_pipewire_microphone_is_gone(microphone) }
}

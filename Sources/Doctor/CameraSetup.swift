import Capture
import System

/// What `puppet setup camera` has root do, so that a v4l2loopback device is there now and after every start.
package struct CameraSetup {
    /// Lines of a shell, in their order; none where nothing is left to do.
    package let commands: [String]
    /// What is there then for `--output`: /dev/videoN.
    package let device: String
    /// What to know beside it; empty where there is nothing.
    package let remark: String

    /// Of the device that call apps are to open.
    private static let usualNumber = 10
    private static let folder = "/etc/modprobe.d"
    private static let optionsFile = "\(folder)/puppet.conf"
    private static let loadFile = "/etc/modules-load.d/puppet.conf"
    private static let origin = "# By 'puppet setup camera'; 'puppet setup camera --undo' removes it."
    private static let byPipeWire = "browsers find puppet through PipeWire, without a module"

    /// The module's options.
    ///
    /// - Parameter number: of the device, /dev/videoN.
    static func options(_ number: Int) -> String {
        "options v4l2loopback exclusive_caps=1 video_nr=\(number) card_label=puppet"
    }

    /// What distributions show as an example, by name: for modprobe.d and modules-load.d.
    package static let examples = [
        ("puppet.modprobe", "# Goes to \(folder)/puppet.conf.\n\(options(usualNumber))\n"),
        ("puppet.modules-load", "# Goes to \(loadFile).\nv4l2loopback\n"),
    ]

    /// - Throws: ``PuppetError`` `.unwell` where the module cannot be loaded, or is somebody else's already.
    package init(_ system: DoctorSystem) throws(PuppetError) {
        let module = LoopbackModule(system)
        let runsPipeWire = PipeWireCheck.offersCameras(system)
        let otherwise = runsPipeWire ? "; or do without: \(Self.byPipeWire)" : ""
        let others = system.entries(Self.folder).map { "\(Self.folder)/\($0)" }.sorted().filter { path in
            path != Self.optionsFile && system.text(path)?.contains(/(^|\n)\s*options\s+v4l2loopback\s/) == true
        }
        if let other = others.first {
            throw PuppetError(
                .unwell, other, "sets options of v4l2loopback already",
                hint: "add exclusive_caps=1 and card_label=puppet there, or move it away" + otherwise)
        }
        if !module.isLoaded {
            for check in [LoopbackModuleCheck().finding(system), ModuleSigningCheck().finding(system)] {
                // That it is not loaded is what this is for.
                guard let check, check.state == .problem || (check.name == "v4l2loopback" && module.file == nil) else {
                    continue
                }
                throw PuppetError(.unwell, check.name, check.detail, hint: check.remedy + otherwise)
            }
        }
        remark = runsPipeWire ? "\(Self.byPipeWire); this is for other apps" : ""

        let devices = system.devices.filter { $0.kind == .loopback }
        let present =
            module.isLoaded ? devices.compactMap(\.number).first { module.exclusiveCaps(of: [$0])[$0] != false } : nil
        let isKept = system.exists(Self.optionsFile) && system.exists(Self.loadFile)
        let number = present ?? Self.number(system, devices)
        device = "/dev/video\(number)"
        if present != nil, isKept {
            commands = []
            return
        }
        var lines = [
            Self.writing([Self.origin, Self.options(number)], to: Self.optionsFile),
            Self.writing([Self.origin, "v4l2loopback"], to: Self.loadFile),
        ]
        if present == nil {
            if let user = devices.flatMap(\.users).first {
                throw PuppetError(
                    .unwell, "v4l2loopback", "is loaded with other options and open in \(user)",
                    hint: "end that, and say it again")
            }
            if module.isLoaded { lines.append("modprobe -r v4l2loopback") }
            lines.append("modprobe v4l2loopback")
        }
        commands = lines
    }

    /// What takes all of it back; nothing of it where the module cannot be unloaded, because somebody uses it.
    package static func undoing(_ system: DoctorSystem) -> [String] {
        let files = [optionsFile, loadFile].filter { system.exists($0) }
        guard !files.isEmpty else { return [] }
        let removal = ["rm -f " + files.joined(separator: " ")]
        return LoopbackModule(system).isLoaded ? ["modprobe -r v4l2loopback"] + removal : removal
    }

    /// The device's, where one is to stay or its place is free.
    private static func number(_ system: DoctorSystem, _ loopbacks: [CameraInfo]) -> Int {
        if let number = loopbacks.compactMap(\.number).min(), number < 64 { return number }
        let taken = Set(system.devices.filter { $0.kind != .loopback }.compactMap(\.number))
        return (usualNumber..<64).first { !taken.contains($0) } ?? usualNumber
    }

    private static func writing(_ lines: [String], to path: String) -> String {
        let words = lines.map { "'\($0.replacing("'", with: #"'\''"#))'" }
        return #"printf '%s\n' \#(words.joined(separator: " ")) >\#(path)"#
    }
}

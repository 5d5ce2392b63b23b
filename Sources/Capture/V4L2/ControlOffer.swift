import CV4L2
import SystemPackage

/// A control that a camera has.
struct ControlOffer: Equatable, Sendable {
    let id: UInt32
    /// As ``CameraControl/name``.
    let name: String
    let kind: CameraControl.Kind
    let range: ClosedRange<Int>
    let step: Int
    /// The driver's default.
    let usual: Int
    let isInactive: Bool

    /// - Returns: `nil` for what has no value, such as headings and buttons, for what V4L2 keeps elsewhere (text, 64-bit
    ///   numbers), for what is switched off, and for a range that makes no sense.
    init?(_ answer: v4l2_queryctrl) {
        switch v4l2_ctrl_type(answer.type) {
        case V4L2_CTRL_TYPE_INTEGER: kind = .integer
        case V4L2_CTRL_TYPE_BOOLEAN: kind = .boolean
        case V4L2_CTRL_TYPE_MENU: kind = .menu
        case V4L2_CTRL_TYPE_INTEGER_MENU: kind = .integerMenu
        case V4L2_CTRL_TYPE_BITMASK: kind = .bitmask
        default: return nil
        }
        let (least, most) = (kind.value(answer.minimum), kind.value(answer.maximum))
        guard least <= most, answer.flags & UInt32(V4L2_CTRL_FLAG_DISABLED) == 0 else { return nil }
        id = answer.id
        name = Self.name(String(fixed: answer.name))
        range = least...most
        step = max(1, Int(answer.step))
        usual = kind.value(answer.default_value)
        isInactive = answer.flags & UInt32(V4L2_CTRL_FLAG_INACTIVE) != 0
    }

    /// - Returns: `nil` for what the control does not take.
    func value(_ setting: String) -> Int? {
        let number: Int? =
            switch setting {
            case "on" where kind == .boolean: 1
            case "off" where kind == .boolean: 0
            default: Int(setting)
            }
        guard let number, range.contains(number) else { return nil }
        if kind == .bitmask { return number & ~range.upperBound == 0 ? number : nil }
        return (number - range.lowerBound).isMultiple(of: step) ? number : nil
    }

    /// What it takes, for a message.
    var rangeText: String {
        switch kind {
        case .boolean: "0 or 1, off or on"
        case .bitmask: "any bits of \(range.upperBound)"
        case .integer, .menu, .integerMenu: "\(range.lowerBound)...\(range.upperBound) in steps of \(step)"
        }
    }

    private static func name(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.joined(separator: "_")
    }
}

extension CameraControl.Kind {
    /// Of the 32 bits that V4L2 has for it: those of a bitmask have no sign.
    fileprivate func value(_ bits: Int32) -> Int { self == .bitmask ? Int(UInt32(bitPattern: bits)) : Int(bits) }
}

extension V4L2Device {
    /// More than any camera has.
    private static let mostControls = 512

    /// Every control that has a value, in the driver's order.
    func controlOffers() -> [ControlOffer] {
        var offers: [ControlOffer] = []
        var last: UInt32 = 0
        for _ in 0..<Self.mostControls {
            var answer = v4l2_queryctrl()
            answer.id = last | UInt32(V4L2_CTRL_FLAG_NEXT_CTRL)
            // No answer at the end of the list, or from a device that has none.
            guard answers(.queryControl, &answer), answer.id > last else { break }
            last = answer.id
            if let offer = ControlOffer(answer) { offers.append(offer) }
        }
        return offers
    }

    /// - Returns: `nil` where it cannot be read.
    func value(of offer: ControlOffer) -> Int? {
        var answer = v4l2_control(id: offer.id, value: 0)
        return answers(.getControl, &answer) ? offer.kind.value(answer.value) : nil
    }

    /// Sets one control after another; asks the camera nothing where there are none. Every name and value is checked
    /// before the first is set, as drivers move what is out of range inside and say nothing.
    ///
    /// - Throws: ``CaptureError``: `.control`, `.unplugged`.
    func set(_ controls: [CameraControl]) throws(CaptureError) {
        guard !controls.isEmpty else { return }
        let offers = controlOffers()
        var settings: [(offer: ControlOffer, control: CameraControl, value: Int)] = []
        for control in controls {
            guard let offer = offers.first(where: { $0.name == control.name }) else {
                throw .unknown(control, path, offers)
            }
            guard let value = offer.value(control.setting) else { throw .outOfRange(control, path, offer) }
            settings.append((offer, control, value))
        }
        for (offer, control, value) in settings {
            var argument = v4l2_control(id: offer.id, value: Int32(truncatingIfNeeded: value))
            try CaptureError.explaining(try request(.setControl, &argument)) { .refused(control, path, offer, $0) }
        }
    }
}

import Frames
import System

/// A video device. Encodes to JSON; set the encoder's `keyEncodingStrategy` to `.convertToSnakeCase`.
public struct CameraInfo: Encodable, Sendable {
    /// What a device is for.
    public enum Kind: String, Encodable, Sendable {
        /// Gives pictures.
        case camera
        /// v4l2loopback: gives the pictures that a program writes to it.
        case loopback
        /// No pictures to be had: metadata, output, codecs.
        case other
    }

    /// A pixel format that a device offers, and the sizes it has in it.
    public struct Format: Encodable, Sendable {
        /// Four letters, as V4L2 has them.
        public let pixelFormat: String
        public let description: String
        public let sizes: [Size]
    }

    /// A size of picture, and how often a second a device gives one.
    public struct Size: Encodable, Sendable {
        public let width: Int
        public let height: Int
        /// Where the camera has every size in steps: the smallest; `width` and `height` are the largest.
        public let leastWidth: Int?
        public let leastHeight: Int?
        /// Frames a second; where ``anyRateBetween`` is true, the slowest and the fastest.
        public let frameRates: [Double]
        public let anyRateBetween: Bool?
    }

    /// A setting that can be changed, by the name that ``CameraControl`` takes.
    public struct Control: Encodable, Sendable {
        public let name: String
        public let kind: CameraControl.Kind
        /// `nil` where the camera does not say.
        public let value: Int?
        public let minimum: Int
        public let maximum: Int
        /// Values are a multiple of this from the minimum.
        public let step: Int
        public let `default`: Int
        /// Has no effect for now, mostly because an automatic control governs it.
        public let isInactive: Bool
    }

    public let path: String
    /// Finds the same camera again, also after a restart: its link in /dev/v4l/by-id, or where it is plugged in and its
    /// name.
    public internal(set) var id: String
    public internal(set) var kind = Kind.other
    public internal(set) var card = ""
    public internal(set) var driver = ""
    public internal(set) var busInfo = ""
    public internal(set) var formats: [Format] = []
    public internal(set) var controls: [Control] = []
    /// Another program streams from it.
    public internal(set) var isBusy = false
    /// Who has it open, streaming or not.
    public let users: [DeviceUser]
    /// Why it could not be examined; one line in JSON.
    public internal(set) var problem: CaptureError?

    /// Whether all that it offers is without colour, as of a camera that sees in infrared.
    public var isGrey: Bool {
        !formats.isEmpty && formats.allSatisfy { ["GREY", "Y10 ", "Y12 ", "Y16 "].contains($0.pixelFormat) }
    }
}

extension CameraInfo.Control {
    init(_ offer: ControlOffer, value: Int?) {
        self.init(
            name: offer.name, kind: offer.kind, value: value, minimum: offer.range.lowerBound,
            maximum: offer.range.upperBound, step: offer.step, default: offer.usual, isInactive: offer.isInactive)
    }
}

extension CameraInfo.Format {
    init(_ offer: FormatOffer) {
        self.init(
            pixelFormat: offer.code.description, description: offer.summary,
            sizes: offer.sizes.map(CameraInfo.Size.init)
        )
    }
}

extension CameraInfo.Size {
    init(_ offer: SizeOffer) {
        let isFixed = offer.smallest == offer.largest
        let rates: [FrameRate]
        var isRange: Bool?
        switch offer.rates {
        case .unknown: rates = []
        case .listed(let listed): rates = listed
        case .between(let slowest, let fastest):
            rates = [slowest, fastest]
            isRange = true
        }
        self.init(
            width: offer.largest.width, height: offer.largest.height,
            leastWidth: isFixed ? nil : offer.smallest.width, leastHeight: isFixed ? nil : offer.smallest.height,
            frameRates: rates.map(\.framesPerSecond), anyRateBetween: isRange)
    }
}

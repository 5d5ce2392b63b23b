import Frames
import System

/// A video device. Encodes to JSON; set the encoder's `keyEncodingStrategy` to `.convertToSnakeCase`.
package struct CameraInfo: Encodable, Sendable {
    package enum Kind: String, Encodable, Sendable {
        /// Gives pictures.
        case camera
        /// v4l2loopback: gives the pictures that a program writes to it.
        case loopback
        /// No pictures to be had: metadata, output, codecs.
        case other
    }

    package struct Format: Encodable, Sendable {
        /// Four letters, as V4L2 has them.
        package let pixelFormat: String
        package let description: String
        package let sizes: [Size]
    }

    package struct Size: Encodable, Sendable {
        package let width: Int
        package let height: Int
        /// Where the camera has every size in steps: the smallest; `width` and `height` are the largest.
        package let leastWidth: Int?
        package let leastHeight: Int?
        /// Frames a second; where ``anyRateBetween`` is true, the slowest and the fastest.
        package let frameRates: [Double]
        package let anyRateBetween: Bool?
    }

    /// A setting that can be changed, by the name that ``CameraControl`` takes.
    package struct Control: Encodable, Sendable {
        package let name: String
        package let kind: CameraControl.Kind
        /// `nil` where the camera does not say.
        package let value: Int?
        package let minimum: Int
        package let maximum: Int
        /// Values are a multiple of this from the minimum.
        package let step: Int
        package let `default`: Int
        /// Has no effect for now, mostly because an automatic control governs it.
        package let isInactive: Bool
    }

    package let path: String
    /// Finds the same camera again, also after a restart: its link in /dev/v4l/by-id, or where it is plugged in and its
    /// name.
    package internal(set) var id: String
    package internal(set) var kind = Kind.other
    package internal(set) var card = ""
    package internal(set) var driver = ""
    package internal(set) var busInfo = ""
    package internal(set) var formats: [Format] = []
    package internal(set) var controls: [Control] = []
    /// Another program streams from it.
    package internal(set) var isBusy = false
    /// Who has it open, streaming or not.
    package let users: [DeviceUser]
    /// Why it could not be examined; one line in JSON.
    package internal(set) var problem: CaptureError?
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
